package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.TokenService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Every way to credentials. A DynamoDB Local keeps the tables of each access key apart: whoever finds the table here has come with those
 * of {@link TokenService#KEY}.
 */
class CredentialsIT {
    private static final String TABLE = "guarded";
    private static final String ROLE = "arn:aws:iam::123456789012:role/reader";

    private final DynamoDb local = SharedServers.dynamoDb();
    private final TokenService tokens = TokenService.start();
    private final DynamoDbClient owner = DynamoDbClient.builder()
            .region(Region.of(DynamoDb.REGION))
            .endpointOverride(local.endpoint())
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(TokenService.KEY, "any")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();

    @TempDir
    private Path directory;

    @BeforeEach
    void theTableIsTheRoles() {
        try {
            owner.deleteTable(request -> request.tableName(TABLE));
        } catch (ResourceNotFoundException first) {
            // nothing to delete
        }
        owner.createTable(request -> request.tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                .attributeDefinitions(of -> of.attributeName("id").attributeType(ScalarAttributeType.S)));
        owner.putItem(request -> request.tableName(TABLE).item(Map.of("id", fromS("a"))));
    }

    @AfterEach
    void close() {
        owner.close();
        tokens.close();
    }

    /** Runs a pipeline from an URL with these parts; answers what it said. */
    private String carried(String user, String parameters, Map<String, String> environment) throws SQLException {
        return carried(0, user, parameters, environment);
    }

    private String carried(int code, String user, String parameters, Map<String, String> environment)
            throws SQLException {
        String url =
                "dynamodb://" + user + DynamoDb.REGION + "/" + TABLE + "?endpoint=" + local.endpoint() + parameters;
        try (Carried carried = Carried.of("dynamo_credentials", TABLE, "")
                .with("TRIBUTARY_SOURCE", url)
                .with("AWS_EC2_METADATA_DISABLED", "true")
                .with("AWS_ENDPOINT_URL_STS", tokens.endpoint().toString())) {
            environment.forEach(carried::with);
            try (TributaryProcess pipeline = carried.start("--until", "caught-up")) {
                assertThat(pipeline.exitCode(Carried.LIMIT))
                        .as(() -> Carried.said(pipeline))
                        .isEqualTo(code);
                if (code == 0) {
                    assertThat(carried.query("SELECT id FROM " + TABLE)).isEqualTo(List.of(List.of("a")));
                }
                return Carried.said(pipeline) + pipeline.output();
            }
        }
    }

    @Test
    void aRoleIsAssumedWithTheUrlsKeys() throws Exception {
        String said = carried("tributary:of-the-user@", "&session_token=token-of-the-user&role=" + ROLE, Map.of());

        assertThat(tokens.requests()).isNotEmpty().allSatisfy(request -> {
            assertThat(request.parameters())
                    .containsEntry("Action", "AssumeRole")
                    .containsEntry("RoleArn", ROLE)
                    .containsEntry("RoleSessionName", "tributary");
            assertThat(request.signature()).contains("Credential=tributary/");
            assertThat(request.token()).isEqualTo("token-of-the-user");
        });
        assertThat(said).doesNotContain("of-the-user", "of-the-role");
    }

    @Test
    void aWebIdentityIsExchangedAsKubernetesMountsIt() throws Exception {
        String said = carried("", "", webIdentity());

        assertThat(tokens.requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.parameters())
                        .containsEntry("Action", "AssumeRoleWithWebIdentity")
                        .containsEntry("RoleArn", ROLE)
                        .containsEntry("WebIdentityToken", "token-of-the-pod"));
        assertThat(said).doesNotContain("token-of-the-pod", "of-the-role");
    }

    private Map<String, String> webIdentity() throws IOException {
        Path token = directory.resolve("token");
        Files.writeString(token, "token-of-the-pod");
        return Map.of(
                "AWS_ROLE_ARN", ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString(), "AWS_REGION", DynamoDb.REGION);
    }

    @Test
    void aWebIdentityThatIsRefusedIsSaid() throws Exception {
        tokens.refuse();

        assertThat(carried(2, "", "", webIdentity()))
                .contains("the role of the web identity was not given: Not authorized to assume this role")
                .doesNotContain("token-of-the-pod");
    }

    @Test
    void aTokenServiceThatIsNotThereIsSaid() throws Exception {
        tokens.close();

        assertThat(carried(1, "", "", webIdentity()))
                .contains("the role of the web identity was not given: Unable to execute HTTP request");
    }

    @Test
    void keysOfTheEnvironmentAreFound() throws Exception {
        String said = carried(
                "",
                "",
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        TokenService.KEY,
                        "AWS_SECRET_ACCESS_KEY",
                        "of-the-environment",
                        "AWS_SESSION_TOKEN",
                        "token-of-the-environment"));

        assertThat(tokens.requests()).isEmpty();
        assertThat(said).doesNotContain("of-the-environment");
    }

    @Test
    void keysOfAProfileAreFound() throws Exception {
        Path credentials = directory.resolve("credentials");
        Files.writeString(
                credentials,
                "[reader]\naws_access_key_id = " + TokenService.KEY + "\naws_secret_access_key = of-the-profile\n");

        String said =
                carried("", "", Map.of("AWS_PROFILE", "reader", "AWS_SHARED_CREDENTIALS_FILE", credentials.toString()));

        assertThat(said).doesNotContain("of-the-profile");
    }

    @Test
    void theUrlsKeysComeFirst() throws Exception {
        carried(
                TokenService.KEY + ":of-the-url@",
                "",
                Map.of("AWS_ACCESS_KEY_ID", "another", "AWS_SECRET_ACCESS_KEY", "of-the-environment"));

        assertThat(tokens.requests()).isEmpty();
    }
}
