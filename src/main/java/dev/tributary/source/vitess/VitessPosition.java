package dev.tributary.source.vitess;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vitess.proto.Query.QueryResult;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Position} says of a Vitess stream; kept as one JSON object.
 *
 * @param gtid the VGTID's GTID set, in Vitess's words
 * @param lastpk how far a copy has come, of a part that is being copied
 * @param durable rows by table that are durable of the transaction that follows {@code gtid}
 */
record VitessPosition(String gtid, @Nullable QueryResult lastpk, Map<String, Long> durable) {
    VitessPosition {
        durable = Map.copyOf(durable);
    }

    static VitessPosition at(String gtid) {
        return new VitessPosition(gtid, null, Map.of());
    }

    /** Whether everything up to {@code goal} is part of {@code reached}. */
    static boolean reached(Position reached, Position goal) {
        return parse(goal).set().isWithin(parse(reached).set());
    }

    static VitessPosition parse(Position position) {
        try {
            JsonObject json = new JsonObject(position.text());
            String gtid = json.getString("gtid", "");
            if (!GtidSet.isPosition(gtid)) {
                throw new IllegalArgumentException("no GTID set");
            }
            GtidSet.parse(gtid);
            String lastpk = json.getString("lastpk");
            Map<String, Long> durable = new HashMap<>();
            JsonObject counts = json.getJsonObject("durable", new JsonObject());
            counts.fieldNames().forEach(table -> durable.put(table, counts.getLong(table)));
            return new VitessPosition(
                    gtid,
                    lastpk == null
                            ? null
                            : QueryResult.parseFrom(Base64.getDecoder().decode(lastpk)),
                    durable);
        } catch (DecodeException | ClassCastException | IllegalArgumentException | InvalidProtocolBufferException e) {
            throw new PipelineException(
                    Kind.FATAL,
                    "the checkpoint holds a position that is not one of a Vitess stream: " + position
                            + "; was it written by another source?",
                    e);
        }
    }

    Position toPosition() {
        if (lastpk == null && durable.isEmpty() && isPlain(gtid)) {
            // as the object below would be written; every transaction has one
            return new Position("{\"gtid\":\"" + gtid + "\"}");
        }
        JsonObject json = new JsonObject().put("gtid", gtid);
        if (lastpk != null) {
            json.put("lastpk", Base64.getEncoder().encodeToString(lastpk.toByteArray()));
        }
        if (!durable.isEmpty()) {
            json.put("durable", new JsonObject(new HashMap<>(durable)));
        }
        return new Position(json.encode());
    }

    /** Whether JSON says it as it is. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    GtidSet set() {
        return GtidSet.parse(gtid);
    }
}
