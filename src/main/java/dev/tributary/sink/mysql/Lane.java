package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.StreamId;
import dev.tributary.route.RoutedBatch;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one stream under one epoch, one after the other, each in one transaction with its position. Its
 * state is touched on its own context alone. Once it has failed, every later batch fails too: the stream starts again from
 * what is durable, so a COMMIT of which nobody knows the outcome is settled by reading the checkpoint.
 */
final class Lane {
    /** Lost to another lane's lock so many times, the stream starts anew. */
    private static final int ATTEMPTS = 5;

    private static final long FIRST_PAUSE_MILLIS = 20;

    private final StreamId stream;
    private final ContextInternal context;
    private final Sessions sessions;
    private final Planner planner;
    private final SinkMetrics metrics;
    /** No more than the stream's window, less the current one: it sends nothing that goes beyond. */
    private final ArrayDeque<Job> queue = new ArrayDeque<>();

    private @Nullable Job current;
    private @Nullable PipelineException failure;
    /** Holds the rows of open batches until the mark that ends them. */
    private @Nullable Session open;

    private @Nullable Promise<Void> abandoning;

    /** A batch on its way. */
    private static final class Job {
        final RoutedBatch routed;
        final Promise<Void> done;

        @Nullable
        Future<List<Statement>> planned;

        int attempts;

        Job(RoutedBatch routed, Promise<Void> done) {
            this.routed = routed;
            this.done = done;
        }

        boolean isOpen() {
            return routed.batch().mark() instanceof Mark.Open;
        }
    }

    Lane(StreamId stream, ContextInternal context, Sessions sessions, Planner planner, SinkMetrics metrics) {
        this.stream = stream;
        this.context = context;
        this.sessions = sessions;
        this.planner = planner;
        this.metrics = metrics;
    }

    /** Done when the batch is durable. On any thread; batches are written in the order of the calls. */
    Future<Void> write(RoutedBatch batch) {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            if (failure != null) {
                done.fail(failure);
                return;
            }
            queue.add(new Job(batch, done));
            next();
            planAhead();
        });
        return done.future();
    }

    /** Gives up what is not yet begun and the open transaction; done when nothing is under way. On any thread. */
    Future<Void> abandon() {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            if (failure == null) {
                failure = new PipelineException(Kind.TRANSIENT, stream + ": was given up");
            }
            abandoning = done;
            drop(failure);
            if (current == null) {
                idle();
            }
        });
        return done.future();
    }

    private void next() {
        if (current != null || queue.isEmpty()) {
            return;
        }
        Job job = queue.remove();
        current = job;
        here(plan(job), planned -> {
            if (planned.succeeded()) {
                begin(job, planned.result());
            } else {
                fail(job, planned.cause(), "");
            }
        });
    }

    private Future<List<Statement>> plan(Job job) {
        Future<List<Statement>> planned = job.planned;
        if (planned == null) {
            try {
                planned = planner.plan(job.routed);
            } catch (RuntimeException defect) {
                planned = Future.failedFuture(defect);
            }
            job.planned = planned;
        }
        return planned;
    }

    /** Makes the statements of the next batch while the server is busy with this one. */
    private void planAhead() {
        Job job = queue.peek();
        if (job != null && current != null) {
            plan(job);
        }
    }

    private void begin(Job job, List<Statement> statements) {
        job.attempts++;
        Future<Session> session =
                open != null ? Future.succeededFuture(open) : job.isOpen() ? sessions.dedicated() : sessions.acquire();
        here(session, acquired -> {
            if (acquired.failed()) {
                fail(job, acquired.cause(), "");
                return;
            }
            if (failure != null) {
                // given up while it waited for a session
                finish(acquired.result(), !job.isOpen());
                fail(job, failure, "");
                return;
            }
            if (job.isOpen()) {
                open = acquired.result();
            }
            long began = System.nanoTime();
            here(acquired.result().run(statements), ran -> answered(job, acquired.result(), statements, ran, began));
            planAhead();
        });
    }

    private void answered(Job job, Session session, List<Statement> statements, AsyncResult<Outcome> ran, long began) {
        if (ran.failed()) {
            fail(job, ran.cause(), "");
            finish(session, false);
            return;
        }
        Outcome outcome = ran.result();
        if (outcome.failure() != null) {
            rollBack(
                    job,
                    session,
                    statements,
                    outcome.failure(),
                    statements.get(outcome.failedAt()).table());
            return;
        }
        PipelineException refusal = Verdict.of(job.routed.batch(), statements, outcome);
        if (refusal != null) {
            rollBack(job, session, statements, refusal, "");
        } else if (job.isOpen()) {
            done(job);
        } else {
            commit(job, session, began);
        }
    }

    private void commit(Job job, Session session, long began) {
        here(session.commit(), committed -> {
            if (committed.failed()) {
                fail(job, committed.cause(), "COMMIT");
                finish(session, false);
                return;
            }
            metrics.committed(job.routed.batch(), System.nanoTime() - began);
            finish(session, true);
            done(job);
        });
    }

    private void rollBack(Job job, Session session, List<Statement> statements, Throwable cause, String table) {
        boolean again = MySqlErrors.isConflict(cause) && session != open && job.attempts < ATTEMPTS;
        here(session.rollback(), rolledBack -> {
            finish(session, rolledBack.succeeded());
            if (again && rolledBack.succeeded() && failure == null) {
                metrics.repeated(job.routed.batch());
                long pause = FIRST_PAUSE_MILLIS << job.attempts;
                context.setTimer(pause + (job.routed.hashCode() & 15), id -> again(job, statements));
            } else {
                fail(job, cause, table);
            }
        });
    }

    private void again(Job job, List<Statement> statements) {
        if (failure != null) {
            fail(job, failure, "");
        } else {
            begin(job, statements);
        }
    }

    /** Ends the use of a session; a shared one is used again only if its transaction is known to be over. */
    private void finish(Session session, boolean clean) {
        if (session == open) {
            open = null;
            session.close();
        } else if (clean) {
            sessions.release(session);
        } else {
            session.close();
        }
    }

    private void done(Job job) {
        current = null;
        job.done.complete();
        if (failure != null) {
            idle();
        } else {
            next();
        }
    }

    private void fail(Job job, Throwable cause, String table) {
        PipelineException known =
                MySqlErrors.of(table.isEmpty() ? stream.toString() : "table " + table + " (" + stream + ")", cause);
        if (failure == null) {
            failure = known;
        }
        current = null;
        job.done.fail(known);
        drop(known);
        idle();
    }

    private void drop(PipelineException why) {
        for (Job job = queue.poll(); job != null; job = queue.poll()) {
            job.done.fail(why);
        }
    }

    /** Nothing is under way and nothing will be. */
    private void idle() {
        if (open != null) {
            Session session = open;
            open = null;
            session.close();
            session.ended().onComplete(ended -> context.runOnContext(v -> idle()));
            return;
        }
        if (abandoning != null) {
            abandoning.tryComplete();
        }
    }

    private <T> void here(Future<T> future, Handler<AsyncResult<T>> handler) {
        Contexts.on(context, future).onComplete(handler);
    }
}
