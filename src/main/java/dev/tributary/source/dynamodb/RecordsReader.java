package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;

/**
 * Reads the changes of one shard of a stream, a page for each request, up to its end and the shards that follow it. All of it runs on
 * the context that it was opened on, but for {@link #settled()}.
 */
final class RecordsReader implements ChangeReader {
    private static final Logger LOG = Logger.getLogger(RecordsReader.class);

    /** A place of nothing between two records may be told in several pages. */
    private static final int EMPTY_PAGES = 3;
    /** A change may be in the stream so much later than it is made. */
    private static final long SETTLING_MILLIS = 2000;
    /** Where there are so many, there are more. */
    private static final int MANY = 100;

    private final ShardId shard;
    private final String arn;
    private final StreamPosition start;
    private final TableCatalog catalog;
    private final StreamImages images;
    private final ShardEnd end;
    private final OwnLoop loop;
    private final ChangeListener listener;
    private final Consumer<RecordsReader> over;
    private final Pause idle;
    private final Pause throttled = new Pause(Pause.THROTTLED);
    private final long openedAt;

    private @Nullable String iterator;
    private @Nullable String last;
    /** What follows {@link #last} is what the shard has: the service does not know that place any more. */
    private boolean trimmed;

    private long at;
    private long toldAt;
    private int emptyPages;
    private long wait;
    private boolean warned;
    /** Everything of the shard was told, but not yet what follows it. */
    private boolean closed;

    private boolean ended;
    private volatile @Nullable Position settled;

    /** @param over hears when it has ended */
    RecordsReader(
            ShardId shard,
            String arn,
            StreamPosition start,
            TableCatalog catalog,
            StreamImages images,
            ShardEnd end,
            Context context,
            ChangeListener listener,
            Consumer<RecordsReader> over) {
        this.shard = shard;
        this.arn = arn;
        this.start = start;
        this.catalog = catalog;
        this.images = images;
        this.end = end;
        this.loop = new OwnLoop(context, this::fail);
        this.listener = listener;
        this.over = over;
        this.idle = new Pause(catalog.address().records());
        this.last = start.after();
        this.at = start.at();
        this.openedAt = now();
    }

    private long now() {
        return catalog.clients().clock().millis();
    }

    /** The last position that was told, if there was nothing behind it a moment ago; null if there may be. For any thread. */
    @Nullable
    Position settled() {
        return settled;
    }

    @Override
    public void request() {
        loop.after(wait, this::fetch);
    }

    private void fetch() {
        if (ended || closed) {
            return;
        }
        String place = iterator;
        if (place == null) {
            open();
            return;
        }
        long asked = now();
        loop.then(
                catalog.clients().streams().getRecords(request -> request.shardIterator(place)),
                page -> onAnswer(page, asked),
                this::onFailure);
    }

    /** Behind the last change that was told; the service forgets a place after a quarter of an hour. */
    private void open() {
        Retention.verify(shard, at, now());
        String after = trimmed ? null : last;
        loop.then(
                catalog.clients()
                        .streams()
                        .getShardIterator(request -> request.streamArn(arn)
                                .shardId(shard.shard())
                                .shardIteratorType(
                                        after == null
                                                ? ShardIteratorType.TRIM_HORIZON
                                                : ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                                .sequenceNumber(after)),
                answer -> {
                    iterator = answer.shardIterator();
                    fetch();
                },
                this::onFailure);
    }

    private void onAnswer(GetRecordsResponse page, long asked) {
        throttled.reset();
        warned = false;
        if (page.records().stream().anyMatch(StreamImages::isBare)) {
            loop.then(
                    images.read(page.records()).subscribeAsCompletionStage(),
                    read -> onPage(page, asked, read),
                    this::onFailure);
        } else {
            onPage(page, asked, Map.of());
        }
    }

    private void onPage(
            GetRecordsResponse page, long asked, Map<Map<String, AttributeValue>, Map<String, AttributeValue>> read) {
        if (ended) {
            return;
        }
        tell(page.records(), read);
        if (ended) {
            return;
        }
        iterator = page.nextShardIterator();
        if (iterator == null) {
            closed = true;
            settled = null;
            listener.onMessageEnd();
            end.follow(shard, position(), loop, listener, () -> !ended, this::leave);
            return;
        }
        if (page.records().isEmpty()) {
            onNothing(asked);
        } else {
            emptyPages = 0;
            settled = null;
            idle.reset();
            wait = page.records().size() >= MANY ? 0 : idle.next();
        }
        if (!ended) {
            listener.onMessageEnd();
        }
    }

    private void tell(List<Record> records, Map<Map<String, AttributeValue>, Map<String, AttributeValue>> read) {
        if (records.isEmpty()) {
            return;
        }
        long created = 0;
        for (Record record : records) {
            created = record.dynamodb().approximateCreationDateTime().toEpochMilli();
            // it may be asked for while the record is told, as the place behind it
            last = record.dynamodb().sequenceNumber();
            trimmed = false;
            at = Math.max(at, created);
            if (created >= start.since()) {
                ChangeRecord change = images.of(record, read);
                listener.onRecord(change, ItemRows.bytes(change));
                if (ended) {
                    return;
                }
            }
        }
        toldAt = at;
        listener.onPosition(position().toPosition(), false, created);
    }

    private StreamPosition position() {
        // a record of then may come as long as one is kept
        long since = at - start.since() > Retention.LONGEST_KEPT.toMillis() ? 0 : start.since();
        return new StreamPosition(start.stream(), last, since, at);
    }

    private void onNothing(long asked) {
        emptyPages++;
        wait = emptyPages < EMPTY_PAGES ? catalog.address().records().shortest().toMillis() : idle.next();
        if (emptyPages >= EMPTY_PAGES) {
            at = Math.max(at, asked - SETTLING_MILLIS);
            boolean first = toldAt < openedAt && at >= openedAt;
            if (first || at - toldAt >= catalog.address().idle().toMillis()) {
                toldAt = at;
                listener.onPosition(position().toPosition(), false, 0);
            }
            if (toldAt >= openedAt) {
                settled = new StreamPosition(start.stream(), last, 0, toldAt).toPosition();
            }
        }
        if (!ended) {
            listener.onHeartbeat();
        }
    }

    private void onFailure(Throwable failure) {
        if (ended) {
            return;
        }
        if (DynamoDbFailures.isBusy(failure)) {
            fetchLater("DynamoDB allows no more requests now, or is not well");
        } else if (DynamoDbFailures.isExpired(failure)) {
            iterator = null;
            fetch();
        } else if (DynamoDbFailures.isBehind(failure)) {
            // what is gone is older than the stream has to keep, and all of that was read, or none of it wanted: else
            // the
            // age of the position says so. The service refuses a place by its last change, however little has happened
            // since (reference of GetShardIterator: a sequence number older than the trim point)
            iterator = null;
            trimmed = true;
            fetchLater(
                    "DynamoDB has nothing more at the place that was read last, and is asked for the shard's beginning");
        } else if (DynamoDbFailures.isTrimmed(failure)) {
            fail(LostStream.trimmed(shard, position()));
        } else {
            fail(DynamoDbFailures.of(catalog.address().service(), "reading changes of " + shard, failure));
        }
    }

    /** @param why what is said once, if it does not pass soon */
    private void fetchLater(String why) {
        long pause = throttled.next();
        if (pause > Pause.THROTTLED.longest().toMillis() / 2 && !warned) {
            warned = true;
            LOG.warnf("%s: %s; it is asked again and again", shard, why);
        }
        loop.after(pause, this::fetch);
    }

    private void fail(Throwable failure) {
        if (!ended) {
            leave();
            listener.onFailure(failure);
        }
    }

    private void leave() {
        ended = true;
        over.accept(this);
    }

    /** Behind the last change that was told, each of which is a transaction of its own. */
    @Override
    public Position midway() {
        return position().toPosition();
    }

    @Override
    public void cancel() {
        leave();
    }
}
