package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Does some work for many things, some of them at once and a few of these at a time. Used on one context. */
final class Chunks<T> {
    private final Iterator<List<T>> left;
    private final Function<List<T>, Future<Void>> work;
    private final Promise<Void> done = Promise.promise();
    private int underWay;
    private boolean proceeding;

    private Chunks(List<T> all, int size, Function<List<T>, Future<Void>> work) {
        this.left = IntStream.iterate(0, from -> from < all.size(), from -> from + size)
                .mapToObj(from -> all.subList(from, Math.min(all.size(), from + size)))
                .iterator();
        this.work = work;
    }

    /**
     * Begins no more once one has failed.
     *
     * @param size of a chunk
     * @param parallel chunks at a time
     */
    static <T> Future<Void> each(List<T> all, int size, int parallel, Function<List<T>, Future<Void>> work) {
        Chunks<T> chunks = new Chunks<>(all, size, work);
        chunks.proceed(parallel);
        return chunks.done.future();
    }

    private void proceed(int parallel) {
        if (proceeding) {
            return;
        }
        // what is done at once would come here again and again
        proceeding = true;
        while (underWay < parallel && left.hasNext() && !done.future().isComplete()) {
            underWay++;
            List<T> chunk = left.next();
            Future.succeededFuture().compose(begin -> work.apply(chunk)).onComplete(worked -> {
                underWay--;
                if (worked.failed()) {
                    done.tryFail(worked.cause());
                }
                proceed(parallel);
            });
        }
        proceeding = false;
        if (underWay == 0 && !left.hasNext()) {
            done.tryComplete();
        }
    }
}
