package dev.tributary.dynamodb;

import dev.tributary.config.Unreachable;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/** What failures of the service mean. What it says of signatures is not repeated: headers with secrets may be in it. */
public final class DynamoDbFailures {
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final int SERVERS = 500;
    private static final Set<String> SIGNING = Set.of(
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "IncompleteSignature",
            "MissingAuthenticationTokenException",
            "InvalidClientTokenId",
            "ExpiredTokenException",
            "ExpiredToken",
            "SignatureDoesNotMatch");

    /** What the default chain says of that provider, in AWS SDK 2.40. */
    private static final Pattern WEB_IDENTITY =
            Pattern.compile("WebIdentityTokenCredentialsProvider\\(\\): (.*?),? \\w+CredentialsProvider\\(");

    private static final String NOT_SET = "must be set";
    private static final Pattern UNHEARD = Pattern.compile("HTTP request|UnknownHost");

    private DynamoDbFailures() {}

    /** @param what in words that follow "while" */
    public static PipelineException of(ServiceAddress address, String what, Throwable failure) {
        Throwable cause = cause(failure);
        return switch (cause) {
            case PipelineException known -> known;
            case SdkClientException wrapped when wrapped.getCause() instanceof PipelineException known -> known;
            case AwsServiceException answer -> ofAnswer(address, what, answer);
            case SdkClientException client
            when isWithoutCredentials(client) -> ofCredentials(address.url().setting(), what, client);
            default -> {
                Unreachable why = Unreachable.of(cause);
                yield new PipelineException(
                        Kind.TRANSIENT,
                        address.url().setting() + ": DynamoDB in " + address.region() + ", while " + what + ": "
                                + why.what(),
                        cause);
            }
        };
    }

    private static PipelineException ofCredentials(String setting, String what, SdkClientException failure) {
        Matcher identity = WEB_IDENTITY.matcher(String.valueOf(failure.getMessage()));
        if (identity.find() && !identity.group(1).contains(NOT_SET)) {
            String reason = identity.group(1);
            return new PipelineException(
                    UNHEARD.matcher(reason).find() ? Kind.TRANSIENT : Kind.SETTING,
                    setting + ": the role of the web identity was not given: " + reason + "; while " + what
                            + "; check AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and AWS_REGION, and that the role trusts"
                            + " whoever has the token",
                    failure);
        }
        return new PipelineException(
                Kind.SETTING,
                setting + ": no credentials were found, or they were not given: name an access key"
                        + " (dynamodb://ID:SECRET@region/…), or see to it that environment, profile, web identity,"
                        + " container or instance have some, and that a role ('role') may be assumed; while " + what,
                failure);
    }

    private static PipelineException ofAnswer(ServiceAddress address, String what, AwsServiceException answer) {
        String setting = address.url().setting();
        String code = code(answer);
        if (SIGNING.contains(code)) {
            String why = code.startsWith("Expired") ? "the session token has expired" : "the access key is refused";
            return new PipelineException(
                    Kind.SETTING,
                    setting + ": " + why + " (" + code + "), while " + what + "; check access key, secret and session"
                            + " token, the region and this machine's clock",
                    answer);
        }
        if (answer.statusCode() == FORBIDDEN || code.contains("AccessDenied")) {
            return new PipelineException(
                    Kind.SETTING,
                    setting + ": not permitted (" + code + "), while " + what
                            + "; the README lists the actions that the credentials' policy has to allow",
                    answer);
        }
        if (answer instanceof ResourceNotFoundException) {
            return new PipelineException(
                    Kind.SETTING,
                    setting + ": there is no such table or stream in " + address.region() + ", while " + what
                            + "; check table and region",
                    answer);
        }
        if (isThrottled(answer) || isConflict(answer) || answer.statusCode() >= SERVERS) {
            return new PipelineException(
                    Kind.TRANSIENT, setting + ": DynamoDB does not answer now (" + code + "), while " + what, answer);
        }
        return new PipelineException(
                Kind.FATAL, setting + ": DynamoDB refuses (" + code + "), while " + what + ": " + said(answer), answer);
    }

    private static String code(AwsServiceException answer) {
        return answer.awsErrorDetails() == null
                ? "HTTP " + answer.statusCode()
                : String.valueOf(answer.awsErrorDetails().errorCode());
    }

    /** The service's name of a failure. */
    public static String code(Throwable failure) {
        Throwable cause = root(failure);
        return cause instanceof AwsServiceException answer
                ? code(answer)
                : cause.getClass().getSimpleName();
    }

    private static String said(AwsServiceException answer) {
        return answer.awsErrorDetails() == null
                ? "no reason given"
                : String.valueOf(answer.awsErrorDetails().errorMessage());
    }

    private static boolean isWithoutCredentials(SdkClientException client) {
        String said = String.valueOf(client.getMessage());
        return said.contains("credentials") || said.contains("Credentials");
    }

    /** Whether there were more requests than are allowed now. */
    public static boolean isThrottled(@Nullable Throwable failure) {
        Throwable cause = root(failure);
        return cause instanceof LimitExceededException
                || cause instanceof AwsServiceException answer
                        && (answer.isThrottlingException() || answer.statusCode() == TOO_MANY);
    }

    /** Whether the service has answered, so that nothing of the request is under way any more, or it was never sent. */
    public static boolean isKnown(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AwsServiceException
                    || cause instanceof PipelineException && cause.getCause() == null
                    || cause instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    /** Whether a condition of the request does not hold. */
    public static boolean isUnmet(Throwable failure) {
        return root(failure) instanceof ConditionalCheckFailedException
                || root(failure) instanceof TransactionCanceledException cancelled
                        && cancelled.cancellationReasons().stream()
                                .anyMatch(reason -> "ConditionalCheckFailed".equals(reason.code()));
    }

    /** Whether another transaction was at work on the same items: it is to be tried again. */
    public static boolean isConflict(Throwable failure) {
        return root(failure) instanceof TransactionConflictException
                || root(failure) instanceof TransactionInProgressException
                || root(failure) instanceof TransactionCanceledException && !isUnmet(failure);
    }

    /** Whether there is no such table. */
    public static boolean isMissing(Throwable failure) {
        return root(failure) instanceof ResourceNotFoundException;
    }

    /** Whether a table is there already, or somebody is making it. */
    public static boolean isThere(Throwable failure) {
        return root(failure) instanceof ResourceInUseException;
    }

    /** Whether it is likely to answer in a moment. */
    public static boolean isBusy(Throwable failure) {
        return isThrottled(failure)
                || root(failure) instanceof AwsServiceException answer && answer.statusCode() >= SERVERS;
    }

    /** Whether a place in a shard has to be looked up anew: it is forgotten some minutes after it was given. */
    public static boolean isExpired(Throwable failure) {
        return root(failure) instanceof ExpiredIteratorException;
    }

    /** Whether the stream has not kept what was asked for. */
    public static boolean isTrimmed(Throwable failure) {
        return isBehind(failure) || root(failure) instanceof ResourceNotFoundException;
    }

    /** Whether what was asked for is older than what there is. */
    public static boolean isBehind(Throwable failure) {
        return root(failure) instanceof TrimmedDataAccessException;
    }

    /** What the service said, whoever has said since what it means. */
    private static Throwable root(@Nullable Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof PipelineException && cause.getCause() != null ? cause(cause.getCause()) : cause;
    }

    private static Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? new IllegalStateException("failed without a reason") : cause;
    }
}
