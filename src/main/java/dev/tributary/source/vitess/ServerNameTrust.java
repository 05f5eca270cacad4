package dev.tributary.source.vitess;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.X509TrustManager;

/** Trusts whom another trusts, if the certificate bears a name, whatever the host is called that it was reached by. */
final class ServerNameTrust implements X509TrustManager {
    private static final int DNS_NAME = 2;
    private static final int ADDRESS = 7;

    private final X509TrustManager trusted;
    private final String name;

    ServerNameTrust(X509TrustManager trusted, String name) {
        this.trusted = trusted;
        this.name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trusted.checkServerTrusted(chain, authType);
        Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
        if (names == null || names.stream().noneMatch(this::matches)) {
            throw new CertificateException("No name matching " + name + " found");
        }
    }

    private boolean matches(List<?> alternative) {
        Object kind = alternative.get(0);
        return alternative.get(1) instanceof String text
                && ((kind.equals(DNS_NAME) && covers(text, name)) || (kind.equals(ADDRESS) && text.equals(name)));
    }

    /** Whether a name in a certificate stands for this one: a star is its first label, whole, above two others at least. */
    static boolean covers(String pattern, String name) {
        if (pattern.equalsIgnoreCase(name)) {
            return true;
        }
        int dot = name.indexOf('.');
        return dot > 0
                && pattern.startsWith("*.")
                && pattern.indexOf('.', 2) > 0
                && pattern.substring(1).equalsIgnoreCase(name.substring(dot));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trusted.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trusted.getAcceptedIssuers();
    }
}
