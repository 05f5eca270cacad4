package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.dynamodb.TargetKey.Attribute;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** Makes tables, and waits until they can be used. Safe for any thread. */
record TableMaker(Entries service) {
    private static final Logger LOG = Logger.getLogger(TableMaker.class);
    private static final Duration ASKING = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Empty if it is not there. */
    Uni<Optional<TableDescription>> describe(String name) {
        return service.ask(
                        "describing table " + name,
                        () -> service.client().describeTable(request -> request.tableName(name)))
                .map(answer -> Optional.of(answer.table()))
                .onFailure(DynamoDbFailures::isMissing)
                .recoverWithItem(Optional.empty());
    }

    /** Done when the table can be written, which is made if it was not there. */
    Uni<Void> usable(String name, Optional<TableDescription> there, List<Attribute> key) {
        TableStatus status = there.map(TableDescription::tableStatus).orElse(null);
        if (status == null) {
            return create(name, key);
        }
        return switch (status) {
            case ACTIVE, UPDATING -> Uni.createFrom().voidItem();
            // another process is making it
            case CREATING -> active(name);
            default ->
                throw new PipelineException(
                        Kind.TRANSIENT,
                        "table " + name + " can't be written, it is " + status
                                + ": start again once it is gone, or is there again");
        };
    }

    private Uni<Void> create(String name, List<Attribute> key) {
        List<KeySchemaElement> schema = new ArrayList<>();
        List<AttributeDefinition> definitions = new ArrayList<>();
        for (Attribute attribute : key) {
            KeyType role = schema.isEmpty() ? KeyType.HASH : KeyType.RANGE;
            schema.add(KeySchemaElement.builder()
                    .attributeName(attribute.name())
                    .keyType(role)
                    .build());
            definitions.add(AttributeDefinition.builder()
                    .attributeName(attribute.name())
                    .attributeType(attribute.type())
                    .build());
        }
        return service.ask(
                        "creating table " + name,
                        () -> service.client()
                                .createTable(request -> request.tableName(name)
                                        .billingMode(BillingMode.PAY_PER_REQUEST)
                                        .keySchema(schema)
                                        .attributeDefinitions(definitions)))
                .invoke(made ->
                        LOG.infof("table %s: created, with key %s, on demand", name, new TargetKey(List.of(), key)))
                .replaceWithVoid()
                .onFailure(DynamoDbFailures::isThere)
                .recoverWithNull()
                .chain(() -> active(name));
    }

    private Uni<Void> active(String name) {
        return describe(name)
                .invoke(there -> {
                    TableStatus status =
                            there.map(TableDescription::tableStatus).orElse(null);
                    if (status != TableStatus.ACTIVE) {
                        throw new PipelineException(
                                Kind.TRANSIENT,
                                "table " + name + " is not there yet: "
                                        + Objects.requireNonNullElse(status, "missing"));
                    }
                })
                .onFailure(failure -> failure instanceof PipelineException waits && waits.kind() == Kind.TRANSIENT)
                .retry()
                .withBackOff(ASKING, ASKING.multipliedBy(5))
                .expireIn(PATIENCE.toMillis())
                .onFailure(IllegalStateException.class)
                .transform(late -> new PipelineException(
                        Kind.TRANSIENT,
                        "table " + name + " was not there within " + PATIENCE.toMinutes()
                                + " minutes; look at it in DynamoDB's console",
                        late))
                .replaceWithVoid();
    }
}
