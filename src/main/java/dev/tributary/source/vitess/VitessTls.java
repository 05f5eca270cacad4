package dev.tributary.source.vitess;

import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.TrustManagerFactory;

/** TLS of VTGate's MySQL port, by the same files as that of its gRPC port. */
final class VitessTls {
    private VitessTls() {}

    static void apply(MySQLConnectOptions options, VitessAddress address) {
        options.setHostnameVerificationAlgorithm("HTTPS");
        if (address.ca() != null) {
            options.setTrustOptions(
                    new PemTrustOptions().addCertPath(address.ca().getPath()));
        } else {
            options.setTrustOptions(platformTrust(address));
        }
        if (address.certificate() != null && address.key() != null) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(address.certificate().getPath())
                    .setKeyPath(address.key().getPath()));
        }
    }

    private static TrustOptions platformTrust(VitessAddress address) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return TrustOptions.wrap(factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw address.url().wrong("the platform's trusted certificates can't be read: " + e.getMessage());
        }
    }
}
