package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.config.Setting;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the deployment, the image and the README say is what the program does. */
class DeploymentTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", ""));
    private static final Set<String> VARIABLES =
            Setting.all().stream().map(Setting::variable).collect(Collectors.toSet());

    @Test
    void probesAndMetricsAreWhereTheyAreServed() throws IOException {
        String port = applicationProperties().getProperty("quarkus.management.port");
        Map<?, ?> container = container();

        assertThat(at(container, "ports", 0, "containerPort").toString()).isEqualTo(port);
        String name = at(container, "ports", 0, "name").toString();
        for (Map.Entry<String, String> probe : Map.of(
                        "startupProbe", "/q/health/started",
                        "livenessProbe", "/q/health/live",
                        "readinessProbe", "/q/health/ready")
                .entrySet()) {
            assertThat(at(container, probe.getKey(), "httpGet", "port")).isEqualTo(name);
            assertThat(at(container, probe.getKey(), "httpGet", "path")).isEqualTo(probe.getValue());
        }
        assertThat(at(pod(), "metadata", "annotations"))
                .isEqualTo(Map.of(
                        "prometheus.io/scrape",
                        "true",
                        "prometheus.io/port",
                        port,
                        "prometheus.io/path",
                        "/q/metrics"));
        assertThat(applicationProperties())
                .containsEntry("quarkus.management.enabled", "true")
                .doesNotContainKeys("quarkus.management.root-path", "quarkus.smallrye-health.root-path");
        assertThat(text("Dockerfile.native")).contains("\nEXPOSE " + port + "\n");
    }

    @Test
    void everyVariableIsASetting() throws IOException {
        List<String> secret = new ArrayList<>();
        for (Object variable : (List<?>) at(container(), "env")) {
            assertThat(at(variable, "valueFrom", "secretKeyRef", "key")).isEqualTo(at(variable, "name"));
            assertThat(at(variable, "valueFrom", "secretKeyRef", "name"))
                    .isEqualTo(at(yaml("k8s/secret.example.yaml"), "metadata", "name"));
            secret.add(at(variable, "name").toString());
        }
        Set<String> example = keys(at(yaml("k8s/secret.example.yaml"), "stringData"));

        assertThat(secret)
                .containsExactlyInAnyOrder(
                        "TRIBUTARY_SOURCE", "TRIBUTARY_SOURCE_PASSWORD", "TRIBUTARY_SINK", "TRIBUTARY_SINK_PASSWORD")
                .containsExactlyInAnyOrderElementsOf(example)
                .isSubsetOf(VARIABLES);
        assertThat(at(container(), "envFrom", 0, "configMapRef", "name"))
                .isEqualTo(at(yaml("k8s/configmap.yaml"), "metadata", "name"));
        assertThat(keys(at(yaml("k8s/configmap.yaml"), "data")))
                .isSubsetOf(VARIABLES)
                .doesNotContainAnyElementsOf(secret);
    }

    @Test
    void thePodIsNotKilledBeforeItHasDrained() throws IOException {
        String timeout = at(yaml("k8s/configmap.yaml"), "data", "TRIBUTARY_SHUTDOWN_TIMEOUT")
                .toString();
        int grace = Integer.parseInt(
                at(pod(), "spec", "terminationGracePeriodSeconds").toString());

        assertThat(Duration.ofSeconds(grace))
                .isGreaterThan(DurationConverter.parseDuration(timeout).plus(StopSignal.CLOSING));
    }

    @Test
    void aProcessRunsWithNoMoreRightsThanItNeeds() throws IOException {
        assertThat(keys(at(yaml("k8s/deployment.yaml"), "spec")))
                .as("an apply leaves the number of replicas as it was scaled")
                .doesNotContain("replicas");
        assertThat(at(yaml("k8s/deployment.yaml"), "spec", "strategy", "type")).isEqualTo("RollingUpdate");
        assertThat(at(pod(), "spec", "securityContext"))
                .isEqualTo(Map.of(
                        "runAsNonRoot", true, "runAsUser", 1001, "seccompProfile", Map.of("type", "RuntimeDefault")));
        assertThat(at(container(), "securityContext"))
                .isEqualTo(Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL"))));
        assertThat(at(container(), "args")).isEqualTo(List.of("run"));
        assertThat(text("Dockerfile.native")).contains("\nUSER 1001\n").contains("\nCMD [\"run\"]");
    }

    @Test
    void theKustomizationNamesWhatIsThereButNoSecret() throws IOException {
        List<?> resources = (List<?>) at(yaml("k8s/kustomization.yaml"), "resources");

        assertThat(resources)
                .hasToString("[configmap.yaml, deployment.yaml]")
                .allSatisfy(file ->
                        assertThat(ROOT.resolve("k8s").resolve(file.toString())).exists());
        assertThat(at(yaml("k8s/kustomization.yaml"), "images", 0, "name")).isEqualTo(at(container(), "image"));
        assertThat(text(".gitignore").lines()).contains("k8s/secret.yaml");
    }

    @Test
    void theReadmeListsEverySettingWithItsDefault() throws IOException {
        List<String> rows = text("README.md").lines().toList();

        for (Setting setting : Setting.all()) {
            String fallback = setting.fallback().map(text -> "`" + text + "`").orElse("");
            assertThat(rows)
                    .anyMatch(row -> row.startsWith("| `" + setting.variable() + "` | " + fallback)
                            && (setting.fallback().isPresent()
                                    || row.contains("| | ")
                                    || row.contains("| (required) |")));
        }
    }

    private static Map<?, ?> pod() throws IOException {
        return (Map<?, ?>) at(yaml("k8s/deployment.yaml"), "spec", "template");
    }

    private static Map<?, ?> container() throws IOException {
        return (Map<?, ?>) at(pod(), "spec", "containers", 0);
    }

    private static Object at(Object tree, Object... path) {
        Object node = tree;
        for (Object step : path) {
            Object next = step instanceof Integer index ? ((List<?>) node).get(index) : ((Map<?, ?>) node).get(step);
            node = Optional.ofNullable(next)
                    .orElseThrow(() -> new AssertionError("no " + step + " in " + List.of(path)));
        }
        return node;
    }

    private static Set<String> keys(Object map) {
        return ((Map<?, ?>) map).keySet().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Object yaml(String file) throws IOException {
        return new Yaml().load(text(file));
    }

    private static String text(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    private static Properties applicationProperties() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(ROOT.resolve("src/main/resources/application.properties"))) {
            properties.load(reader);
        }
        return properties;
    }
}
