package dev.tributary.source.vitess;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.grpc.Status;
import io.vertx.mysqlclient.MySQLException;
import org.jspecify.annotations.Nullable;

/** Says once what a failure of the source means. */
final class VitessFailures {
    private VitessFailures() {}

    /** A stream that VTGate ended; a stream of changes never ends by itself. */
    static PipelineException ofStream(Object stream, VitessAddress address, Status status) {
        String gate = "VTGate at " + address.host() + ":" + address.grpcPort();
        String said = status.getDescription() == null ? causeOf(status) : status.getDescription();
        return switch (status.getCode()) {
            case OK -> failure(Kind.TRANSIENT, stream + ": " + gate + " ended the stream", status);
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                failure(
                        Kind.SETTING,
                        address.url().setting() + ": " + gate + " refuses user '"
                                + address.url().user().orElse("") + "' for " + stream + " ("
                                + status.getCode() + ": " + said + "); check user and password",
                        status);
            case INVALID_ARGUMENT, UNIMPLEMENTED ->
                failure(
                        Kind.FATAL,
                        stream + ": " + gate + " refuses the stream (" + status.getCode() + ": " + said + ")",
                        status);
            default ->
                failure(
                        Kind.TRANSIENT,
                        stream + ": " + gate + " broke the stream (" + status.getCode() + ": " + said + ")",
                        status);
        };
    }

    private static String causeOf(Status status) {
        return status.getCause() == null
                ? "no reason given"
                : String.valueOf(status.getCause().getMessage());
    }

    private static PipelineException failure(Kind kind, String message, Status status) {
        return new PipelineException(kind, message, status.getCause());
    }

    /** A query over VTGate's MySQL port that failed. */
    static PipelineException ofQuery(String what, VitessAddress address, Throwable cause) {
        if (cause instanceof PipelineException known) {
            return known;
        }
        String gate = "VTGate's MySQL port " + address.host() + ":" + address.mysqlPort();
        String setting = address.url().setting();
        if (cause instanceof MySQLException mysql) {
            String said = describe(cause);
            return switch (mysql.getErrorCode()) {
                case 1044, 1045, 1227, 1142 ->
                    new PipelineException(
                            Kind.SETTING,
                            setting + ": " + gate + " refuses user '"
                                    + address.url().user().orElse("") + "', while " + what + " (" + said
                                    + "); check user, password and rights",
                            cause);
                case 1049 ->
                    new PipelineException(
                            Kind.SETTING,
                            setting + ": " + gate + " knows no keyspace '" + address.keyspace() + "' (" + said + ")",
                            cause);
                default ->
                    new PipelineException(Kind.TRANSIENT, gate + " failed while " + what + " (" + said + ")", cause);
            };
        }
        return new PipelineException(
                Kind.TRANSIENT,
                gate + " does not answer while " + what + " (" + describe(cause) + "); check " + setting
                        + "'s host and mysql_port, and that VTGate is up",
                cause);
    }

    static String describe(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
