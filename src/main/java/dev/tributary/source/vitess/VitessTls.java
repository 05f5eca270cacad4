package dev.tributary.source.vitess;

import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS of VTGate's MySQL port, by the same files and the same name as that of its gRPC port. */
final class VitessTls {
    private VitessTls() {}

    static void apply(MySQLConnectOptions options, VitessAddress address) {
        X509TrustManager trusted = trusted(address);
        if (address.serverName().isPresent()) {
            // the client knows the host alone: the name is looked at by who looks at the certificate
            options.setSslMode(SslMode.VERIFY_CA)
                    .setTrustOptions(TrustOptions.wrap(
                            new ServerNameTrust(trusted, address.serverName().get())));
        } else {
            options.setSslMode(SslMode.VERIFY_IDENTITY)
                    .setHostnameVerificationAlgorithm("HTTPS")
                    .setTrustOptions(TrustOptions.wrap(trusted));
        }
        if (address.certificate() != null && address.key() != null) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(address.certificate().getPath())
                    .setKeyPath(address.key().getPath()));
        }
    }

    private static X509TrustManager trusted(VitessAddress address) {
        File ca = address.ca();
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(ca == null ? null : authorities(ca));
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw address.url()
                    .wrong((ca == null ? "the platform's trusted certificates" : "parameter 'ca': " + ca)
                            + " can't be read: " + e.getMessage());
        }
    }

    private static @Nullable KeyStore authorities(File pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream file = new FileInputStream(pem)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
        }
        return store;
    }
}
