package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.dynamodb.ReadCapacity;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.dynamodb.Anchor.Segment;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Copies one segment of a table, a page for each request. All of it runs on the context that it was opened on. */
final class ScanReader implements ChangeReader {
    private final StreamId stream;
    private final TableCatalog catalog;
    private final ItemRows rows;
    private final ReadCapacity capacity;
    private final Segment segment;
    private final Anchor anchor;
    private final OwnLoop loop;
    private final ChangeListener listener;
    private final Pause pause;

    private Map<String, AttributeValue> from;
    private boolean ended;

    ScanReader(
            StreamId stream,
            PartCheckpoint part,
            Anchor anchor,
            TableCatalog catalog,
            ItemRows rows,
            ReadCapacity capacity,
            Context context,
            ChangeListener listener) {
        this.stream = stream;
        this.catalog = catalog;
        this.rows = rows;
        this.capacity = capacity;
        this.segment = Segment.of(part);
        this.anchor = anchor;
        this.loop = new OwnLoop(context, this::fail);
        this.listener = listener;
        this.pause = new Pause(Pause.THROTTLED);
        this.from = start(part.position());
    }

    private static Map<String, AttributeValue> start(@Nullable Position position) {
        return position == null
                ? Map.of()
                : ItemDocument.key(new JsonObject(position.text()).getJsonObject("key", new JsonObject()));
    }

    @Override
    public void request() {
        loop.after(capacity.waitMillis(), this::fetch);
    }

    private void fetch() {
        if (ended) {
            return;
        }
        long wait = capacity.waitMillis();
        if (wait > 0) {
            loop.after(wait, this::fetch);
            return;
        }
        Retention.verifySnapshot(stream, anchor.at(), catalog.clients().clock().millis());
        loop.then(
                catalog.clients()
                        .tables()
                        .scan(request -> request.tableName(rows.table().id().name())
                                .segment(segment.index())
                                .totalSegments(segment.of())
                                .consistentRead(catalog.address().consistent())
                                .exclusiveStartKey(from.isEmpty() ? null : from)
                                .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)),
                this::onPage,
                this::onFailure);
    }

    private void onPage(ScanResponse page) {
        if (page.consumedCapacity() != null) {
            capacity.take(page.consumedCapacity().capacityUnits());
        }
        pause.reset();
        if (ended) {
            return;
        }
        for (Map<String, AttributeValue> item : page.items()) {
            ChangeRecord record = rows.record(Operation.SNAPSHOT, null, item);
            listener.onRecord(record, ItemRows.bytes(record));
            if (ended) {
                return;
            }
        }
        Map<String, AttributeValue> last = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : Map.of();
        if (last.isEmpty()) {
            ended = true;
            listener.onCopied(
                    new Position(new JsonObject().put("copied", segment.index()).encode()));
            return;
        }
        from = last;
        JsonObject position = new JsonObject().put("key", new JsonObject(ItemDocument.of(last, false)));
        listener.onPosition(new Position(position.encode()), false, 0);
        if (!ended) {
            listener.onMessageEnd();
        }
    }

    private void onFailure(Throwable failure) {
        if (DynamoDbFailures.isBusy(failure)) {
            listener.onHeartbeat();
            loop.after(pause.next(), this::fetch);
            return;
        }
        fail(DynamoDbFailures.of(catalog.address().service(), "scanning " + stream, failure));
    }

    private void fail(Throwable failure) {
        if (!ended) {
            ended = true;
            listener.onFailure(failure);
        }
    }

    @Override
    public @Nullable Position midway() {
        return null;
    }

    @Override
    public void cancel() {
        ended = true;
    }
}
