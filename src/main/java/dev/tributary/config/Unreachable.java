package dev.tributary.config;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a server can't be talked to, in an operator's words, out of what a client throws: a TLS failure says {@code General
 * OpenSslEngine problem} or shows bytes, and what happened is somewhere among its causes.
 *
 * @param what what happened, and what to look at
 * @param lasting whether it will not be over by itself: the server is not who it should be, or the account is wrong
 */
public record Unreachable(String what, boolean lasting) {
    private static final int DEEPEST = 20;

    /** @param failure what a client failed with; null for a connection that ended without a reason */
    public static Unreachable of(@Nullable Throwable failure) {
        List<Throwable> causes = causes(failure);
        for (Throwable cause : causes) {
            switch (cause) {
                case UnknownHostException unknown -> {
                    return passing("there is no such host; check the host's name");
                }
                case CertificateException untrusted -> {
                    return lasting(certificate(untrusted));
                }
                // what a server asks for a user that it does not know, so that nobody learns which ones it knows
                case UnsupportedOperationException unsupported
                when oneLine(unsupported).startsWith("Unsupported authentication method") -> {
                    return lasting("the server asks for a way of signing in that is not known here ("
                            + oneLine(unsupported)
                            + "): check the user's name, for there may be no such user; one that there is needs"
                            + " caching_sha2_password or mysql_native_password");
                }
                case TimeoutException late -> {
                    return passing(oneLine(late) + "; check host and port, and that the server is well");
                }
                default -> {}
            }
        }
        for (Throwable cause : causes) {
            switch (cause) {
                case SSLException tls -> {
                    return lasting(tls(tls));
                }
                case ConnectException refused -> {
                    String said = oneLine(refused).replaceFirst(": [^:]*/[0-9a-f.:]+$", "");
                    return passing("can't connect (" + said + "); check host and port, and that the server is up");
                }
                default -> {}
            }
        }
        String said = causes.isEmpty() ? "no reason given" : oneLine(causes.getLast());
        return passing("the connection broke (" + said
                + "); check the port, and parameter 'tls': one side may speak TLS" + " where the other does not");
    }

    private static List<Throwable> causes(@Nullable Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && causes.size() < DEEPEST; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static String certificate(CertificateException untrusted) {
        String said = oneLine(untrusted);
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("subject alternative") || lower.contains("no name matching")) {
            return "its certificate is for another name (" + said + "); check the host, or the name that is expected";
        }
        if (lower.contains("notafter") || lower.contains("notbefore") || lower.contains("expired")) {
            return "its certificate is not valid now (" + said + "); renew it";
        }
        return "its certificate is not trusted (" + said + "); check parameter 'ca'";
    }

    private static String tls(SSLException tls) {
        String said = oneLine(tls);
        if (said.contains("not an SSL/TLS record") || said.contains("plaintext connection")) {
            // the client shows the bytes that came
            return "it does not speak TLS there; check the port and parameter 'tls'";
        }
        return "TLS fails (" + said + "); check parameters 'tls', 'ca', 'cert' and 'key'";
    }

    private static Unreachable passing(String what) {
        return new Unreachable(what, false);
    }

    private static Unreachable lasting(String what) {
        return new Unreachable(what, true);
    }

    private static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
