package dev.tributary.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority of a test's own, a server's certificate for 127.0.0.1 and localhost, and a client's. All
 * files are PEM, private keys PKCS 8, except the trust store.
 */
public final class TestCertificates {
    static final String STORE_PASSWORD = "changeit";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private final Path directory;

    private TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** Makes new ones in {@code directory}. */
    static TestCertificates createIn(Path directory) {
        TestCertificates made = new TestCertificates(directory);
        made.generate("ca", "CN=Test CA", "-ext", "bc:c");
        made.generate("server", "CN=localhost", "-signer", "ca", "-ext", "san=ip:127.0.0.1,dns:localhost");
        made.generate("client", "CN=client", "-signer", "ca");
        try {
            made.export();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return made;
    }

    public Path authority() {
        return directory.resolve("ca.pem");
    }

    public Path serverCertificate() {
        return directory.resolve("server.pem");
    }

    public Path serverKey() {
        return directory.resolve("server-key.pem");
    }

    public Path clientCertificate() {
        return directory.resolve("client.pem");
    }

    public Path clientKey() {
        return directory.resolve("client-key.pem");
    }

    /** A PKCS 12 store that trusts the authority; its password is {@code changeit}. */
    public Path trustStore() {
        return directory.resolve("trust.p12");
    }

    private Path all() {
        return directory.resolve("all.p12");
    }

    private void generate(String alias, String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                all().toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD,
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30"));
        command.addAll(List.of(more));
        Commands.require(command);
    }

    private void export() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = STORE_PASSWORD.toCharArray();
        try (InputStream file = Files.newInputStream(all())) {
            store.load(file, password);
        }
        Certificate authority = store.getCertificate("ca");
        write(authority(), "CERTIFICATE", List.of(authority.getEncoded()));
        for (String alias : List.of("server", "client")) {
            List<byte[]> chain = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(alias)) {
                chain.add(certificate.getEncoded());
            }
            Key key = store.getKey(alias, password);
            write(directory.resolve(alias + ".pem"), "CERTIFICATE", chain);
            write(directory.resolve(alias + "-key.pem"), "PRIVATE KEY", List.of(key.getEncoded()));
        }
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", authority);
        try (var file = Files.newOutputStream(trustStore())) {
            trust.store(file, password);
        }
        Arrays.fill(password, ' ');
    }

    private static void write(Path file, String kind, List<byte[]> contents) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] content : contents) {
            text.append("-----BEGIN ").append(kind).append("-----\n");
            text.append(LINES.encodeToString(content)).append('\n');
            text.append("-----END ").append(kind).append("-----\n");
        }
        Files.writeString(file, text);
    }
}
