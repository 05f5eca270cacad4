package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.StreamId;
import dev.tributary.route.RoutedBatch;
import dev.tributary.sink.SinkMetrics;
import dev.tributary.sink.StreamLane;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one stream under one epoch, each in one transaction with its position. While one is being committed,
 * the rows of the next are written by another session; its position, and with that its COMMIT, follow when the first is
 * durable. Its state is touched on its own context alone. Once it has failed, every later batch fails too: the stream starts
 * again from what is durable, so a COMMIT of which nobody knows the outcome is settled by reading the checkpoint.
 */
final class Lane implements StreamLane {
    /** Lost to another lane's lock so many times, the stream starts anew. */
    private static final int ATTEMPTS = 5;

    private static final long FIRST_PAUSE_MILLIS = 20;

    private final StreamId stream;
    private final ContextInternal context;
    private final Sessions sessions;
    private final Planner planner;
    private final SinkMetrics metrics;
    /** No more than the stream's window, less those under way: it sends nothing that goes beyond. */
    private final ArrayDeque<LaneJob> queue = new ArrayDeque<>();

    /** Whose rows are under way. */
    private @Nullable LaneJob writing;
    /** Whose rows are there; the one before the other. */
    private @Nullable LaneJob committing;

    private @Nullable PipelineException failure;
    /** Holds the rows of open batches until the mark that ends them. */
    private @Nullable Session open;

    private @Nullable Promise<Void> abandoning;

    Lane(StreamId stream, ContextInternal context, Sessions sessions, Planner planner, SinkMetrics metrics) {
        this.stream = stream;
        this.context = context;
        this.sessions = sessions;
        this.planner = planner;
        this.metrics = metrics;
    }

    /** Done when the batch is durable. On any thread; batches are written in the order of the calls. */
    @Override
    public Future<Void> write(RoutedBatch batch) {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            if (failure != null) {
                done.fail(failure);
                return;
            }
            queue.add(new LaneJob(batch, done));
            next();
            planAhead();
        });
        return done.future();
    }

    /** Gives up what is not yet begun and the open transaction; done when nothing is under way. On any thread. */
    @Override
    public Future<Void> abandon() {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            if (failure == null) {
                failure = new PipelineException(Kind.TRANSIENT, stream + ": was given up");
            }
            abandoning = done;
            drop(failure);
            idle();
        });
        return done.future();
    }

    private void next() {
        if (writing != null || queue.isEmpty()) {
            return;
        }
        LaneJob job = queue.remove();
        writing = job;
        here(job.plan(planner), planned -> {
            if (planned.succeeded()) {
                begin(job, planned.result());
            } else {
                fail(job, planned.cause(), "");
            }
        });
    }

    /** Makes the statements of the next batch while the server is busy with this one. */
    private void planAhead() {
        LaneJob job = queue.peek();
        if (job != null && writing != null) {
            job.plan(planner);
        }
    }

    private void begin(LaneJob job, BatchPlan plan) {
        if (failure != null) {
            fail(job, failure, "");
            return;
        }
        if (committing != null && (open != null || job.isOpen() || !plan.mayOverlap())) {
            job.await(() -> begin(job, plan));
            return;
        }
        job.attempts++;
        Future<Session> session =
                open != null ? Future.succeededFuture(open) : job.isOpen() ? sessions.open() : sessions.acquire();
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
            job.began = System.nanoTime();
            job.early = committing != null;
            run(job, plan, acquired.result(), job.early ? plan.rows() : plan.all(), job.early);
        });
    }

    /** @param early whether the position is not among the statements, but is to follow */
    private void run(LaneJob job, BatchPlan plan, Session session, List<Statement> statements, boolean early) {
        here(session.run(statements), ran -> {
            if (ran.failed()) {
                fail(job, ran.cause(), "");
                finish(session, false);
                return;
            }
            Outcome outcome = ran.result();
            PipelineException refusal =
                    outcome.failure() == null ? Verdict.of(job.routed.batch(), statements, outcome) : null;
            if (outcome.failure() != null) {
                rollBack(
                        job,
                        session,
                        outcome.failure(),
                        statements.get(outcome.failedAt()).table());
            } else if (refusal != null) {
                rollBack(job, session, refusal, "");
            } else if (job.isOpen()) {
                done(job);
            } else if (early) {
                save(job, plan, session);
            } else {
                commit(job, session);
            }
        });
        planAhead();
    }

    /** Once the batch before is durable. */
    private void save(LaneJob job, BatchPlan plan, Session session) {
        if (committing != null) {
            job.await(() -> save(job, plan, session));
        } else if (session.isEnded()) {
            // the server does not wait for ever
            begin(job, plan);
        } else if (failure != null) {
            rollBack(job, session, failure, "");
        } else {
            run(job, plan, session, plan.saving(), false);
        }
    }

    private void commit(LaneJob job, Session session) {
        committing = job;
        writing = null;
        here(session.commit(), committed -> {
            if (committed.failed()) {
                fail(job, committed.cause(), "COMMIT");
                finish(session, false);
                return;
            }
            metrics.committed(job.routed.batch(), System.nanoTime() - job.began);
            finish(session, true);
            done(job);
        });
        next();
    }

    private void rollBack(LaneJob job, Session session, Throwable cause, String table) {
        boolean again = MySqlErrors.isConflict(cause) && session != open && job.attempts < ATTEMPTS;
        here(session.rollback(), rolledBack -> {
            finish(session, rolledBack.succeeded());
            if (job.early) {
                afresh(job);
            } else if (again && rolledBack.succeeded() && failure == null) {
                metrics.repeated(job.routed.batch());
                long pause = FIRST_PAUSE_MILLIS << job.attempts;
                context.setTimer(
                        pause + (job.routed.hashCode() & 15),
                        id -> begin(job, job.plan(planner).result()));
            } else {
                fail(job, cause, table);
            }
        });
    }

    /** Once it is known what became of the batch before. */
    private void afresh(LaneJob job) {
        job.early = false;
        job.attempts--;
        BatchPlan plan = job.plan(planner).result();
        if (committing != null) {
            job.await(() -> begin(job, plan));
        } else {
            begin(job, plan);
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

    private void done(LaneJob job) {
        over(job);
        job.done.complete();
        goOn();
    }

    private void fail(LaneJob job, Throwable cause, String table) {
        PipelineException known =
                MySqlErrors.of(table.isEmpty() ? stream.toString() : "table " + table + " (" + stream + ")", cause);
        if (failure == null) {
            failure = known;
        }
        over(job);
        job.done.fail(known);
        drop(known);
        goOn();
    }

    @SuppressWarnings("ReferenceEquality") // the very job
    private void over(LaneJob job) {
        if (committing == job) {
            committing = null;
        } else {
            writing = null;
        }
    }

    /** With the batch that has waited, or with the next. */
    private void goOn() {
        if (writing != null && committing == null && writing.resume()) {
            return;
        }
        if (failure != null) {
            idle();
        } else {
            next();
        }
    }

    private void drop(PipelineException why) {
        for (LaneJob job = queue.poll(); job != null; job = queue.poll()) {
            job.done.fail(why);
        }
    }

    /** Once nothing is under way: nothing will be. */
    private void idle() {
        if (writing != null || committing != null) {
            return;
        }
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
