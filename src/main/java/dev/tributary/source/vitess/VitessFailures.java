package dev.tributary.source.vitess;

import dev.tributary.config.Settings.LostPosition;
import dev.tributary.config.Unreachable;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import io.grpc.Status;
import io.vertx.mysqlclient.MySQLException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says once what a failure of the source means. */
final class VitessFailures {
    /** How the client wraps the server's own words. */
    private static final Pattern MYSQL_MESSAGE =
            Pattern.compile("^\\{errorMessage=(.*), errorCode=(\\d+), sqlState=\\w*}$", Pattern.DOTALL);

    /** Vitess 24.0.3, tablet_picker.go: also of a shard whose tablets have purged the binlogs that are asked for. */
    private static final String NO_TABLET = "failed to find a";

    private static final String NO_TABLET_HINT =
            "; either no tablet of the shard is up, or none has the binlogs any more: start"
                    + " one that has them. If the shard was resharded and they are purged everywhere, remove its tablets and the shard"
                    + " (Reshard complete, DeleteShards), and " + LostPosition.ADVICE;

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
                        stream + ": " + gate + " broke the stream (" + status.getCode() + ": " + said + ")"
                                + (said.contains(NO_TABLET) ? NO_TABLET_HINT : ""),
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

    /**
     * A query over VTGate's MySQL port that failed.
     *
     * @param database the keyspace, or a shard of it
     */
    static PipelineException ofQuery(String what, VitessAddress address, String database, Throwable cause) {
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
                            setting + ": " + gate + " knows no keyspace '" + database.replaceFirst(":.*", "")
                                    + "' (" + said
                                    + "); check the name in the URL's path",
                            cause);
                default ->
                    new PipelineException(
                            Kind.TRANSIENT,
                            setting + ": " + gate + " failed while " + what + " (" + said
                                    + "); check the keyspace, parameter 'tablet_type' and that VTGate reaches its tablets",
                            cause);
            };
        }
        Unreachable why = Unreachable.of(cause);
        return new PipelineException(
                Kind.TRANSIENT,
                setting + ": " + gate + ", while " + what + ": " + why.what()
                        + (why.lasting() ? "" : "; this port is parameter 'mysql_port'"),
                cause);
    }

    /**
     * A stream that was opened at the start, to see whether one can be: there nothing is tried again, so that the setting is
     * named whatever the reason.
     */
    static PipelineException ofFirstStream(ShardId shard, VitessAddress address, Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED -> ofStream(shard, address, status);
            default -> {
                String why = status.getCause() == null
                        ? status.getCode() + ": "
                                + Objects.requireNonNullElse(status.getDescription(), "no reason given")
                                + "; check that the port is VTGate's gRPC port, whether it expects TLS (parameter 'tls'),"
                                + " and that the shard is served there"
                        : Unreachable.of(status.getCause()).what();
                yield failure(
                        Kind.TRANSIENT,
                        address.url().setting() + ": VTGate's gRPC port " + address.host() + ":" + address.grpcPort()
                                + ", while opening a stream of " + shard + ": " + why,
                        status);
            }
        };
    }

    /** A failure before the pipeline runs: who is there and is not trusted, is wrongly set. */
    static Throwable atStart(Throwable failure) {
        return failure instanceof PipelineException known
                        && known.kind() == Kind.TRANSIENT
                        && known.getCause() != null
                        && Unreachable.of(known.getCause()).lasting()
                ? new PipelineException(Kind.SETTING, String.valueOf(known.getMessage()), known.getCause())
                : failure;
    }

    static String describe(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        return cause instanceof MySQLException
                ? MYSQL_MESSAGE.matcher(message).replaceFirst("MySQL error $2: $1")
                : message;
    }
}
