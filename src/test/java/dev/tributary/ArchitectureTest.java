package dev.tributary;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Holds the package table and the house rules of the design. */
@AnalyzeClasses(packages = "dev.tributary", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src", "main", "java");
    private static final String[] EVERYTHING_BUT_THE_COMMAND_LINE = {"dev.tributary.*.."};

    /** Who may import whom; what is missing here may be imported by the command line only. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            entry("record", Set.of()),
            entry("config", Set.of("record")),
            entry("dynamodb", Set.of("record", "config")),
            entry("source", Set.of("dynamodb", "record", "config")),
            entry("checkpoint", Set.of("record", "config")),
            entry("stream", Set.of("source", "checkpoint", "record", "config")),
            entry("route", Set.of("record", "config")),
            entry("sink", Set.of("dynamodb", "route", "checkpoint", "record", "config")),
            entry("format", Set.of("record")),
            entry("airbyte", Set.of("source", "record", "config", "format")),
            entry("console", Set.of("stream", "checkpoint", "record")),
            entry("diff", Set.of("source", "sink", "dynamodb", "checkpoint", "record", "config")));

    /** What the comparison shares with what it checks: where both ends are, and what a failure of theirs means. */
    private static final String[] SHARED_WITH_DIFF = {
        "dev.tributary.source.vitess.VitessSql",
        "dev.tributary.sink.mysql.Target",
        "dev.tributary.checkpoint.MySqlErrors",
        "dev.tributary.source.dynamodb.ItemSelection",
        "dev.tributary.sink.dynamodb.TargetAddress",
        "dev.tributary.dynamodb.ServiceAddress",
        "dev.tributary.dynamodb.ServiceConnection",
        "dev.tributary.dynamodb.DynamoDbFailures",
        "dev.tributary.dynamodb.ServerClock",
        "dev.tributary.dynamodb.ReadCapacity"
    };

    private static final String[] VITESS_MESSAGES = {
        "io.grpc..",
        "io.vitess..",
        "binlogdata..",
        "query..",
        "topodata..",
        "vtgate..",
        "vtgateservice..",
        "vtrpc..",
        "vttime..",
        "vtorcdata.."
    };

    @ArchTest
    static void packagesImportOnlyWhatTheTableAllows(JavaClasses imported) {
        for (Map.Entry<String, Set<String>> row : MAY_IMPORT.entrySet()) {
            String[] allowed = Stream.concat(Stream.of(row.getKey()), row.getValue().stream())
                    .map(name -> "dev.tributary." + name + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.tributary." + row.getKey() + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.tributary..").and(not(resideInAnyPackage(allowed))))
                    .allowEmptyShould(true)
                    .check(imported);
        }
    }

    @ArchTest
    static void everyPackageIsInTheTable(JavaClasses imported) {
        Set<String> packages = imported.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("dev.tributary."))
                .map(name -> name.split("\\.", 4)[2])
                .collect(toSet());

        assertThat(MAY_IMPORT.keySet()).containsAll(packages);
    }

    @ArchTest
    static final ArchRule theComparisonTrustsNothingThatItChecks = noClasses()
            .that()
            .resideInAPackage("dev.tributary.diff..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "dev.tributary.source..",
                            "dev.tributary.sink..",
                            "dev.tributary.dynamodb..",
                            "dev.tributary.checkpoint..")
                    .and(not(DescribedPredicate.describe(
                            "shared", type -> List.of(SHARED_WITH_DIFF).contains(type.getName())))));

    @ArchTest
    static final ArchRule noCircles =
            slices().matching("dev.tributary.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule sourcesAreStrangers =
            slices().matching("dev.tributary.source.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule sinksAreStrangers =
            slices().matching("dev.tributary.sink.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule vitessMessagesStayInTheVitessSource = noClasses()
            .that(resideInAPackage("dev.tributary..").and(not(resideInAPackage("dev.tributary.source.vitess.."))))
            .should()
            .dependOnClassesThat(resideInAnyPackage(VITESS_MESSAGES));

    @ArchTest
    static final ArchRule theAwsSdkStaysInTheDynamoDbPackages = noClasses()
            .that(resideInAPackage("dev.tributary..")
                    .and(not(resideInAnyPackage(
                            "dev.tributary.dynamodb..",
                            "dev.tributary.source.dynamodb..",
                            "dev.tributary.sink.dynamodb..",
                            "dev.tributary.diff.dynamodb.."))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    /** What source and sink of it share is nobody else's but the comparison's, which reads both. */
    @ArchTest
    static final ArchRule dynamoDbIsSharedByItsSourceAndSinkAlone = noClasses()
            .that(resideInAPackage("dev.tributary..")
                    .and(not(resideInAnyPackage(
                            "dev.tributary.dynamodb..",
                            "dev.tributary.source.dynamodb..",
                            "dev.tributary.sink.dynamodb..",
                            "dev.tributary.diff.."))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tributary.dynamodb..");

    /** What it compares is the same whatever it was read from. */
    @ArchTest
    static final ArchRule itemsKnowNoServer = noClasses()
            .that()
            .resideInAPackage("dev.tributary.diff.item..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.tributary..").and(not(resideInAPackage("dev.tributary.diff.item.."))));

    @ArchTest
    static final ArchRule sqlClientsStayWhereSqlIsSpoken = noClasses()
            .that(resideInAPackage("dev.tributary..")
                    .and(not(resideInAnyPackage(
                            "dev.tributary.sink.mysql..",
                            "dev.tributary.checkpoint..",
                            "dev.tributary.diff..",
                            "dev.tributary.source.vitess.."))))
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "java.sql..", "io.vertx.sqlclient..", "io.vertx.mysqlclient..", "io.vertx.mutiny.sqlclient.."));

    @ArchTest
    static final ArchRule namesSayWhatAClassIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveSimpleNameStartingWith("Base");

    @ArchTest
    static final ArchRule nothingBlocksButTheCommandLine = noClasses()
            .that()
            .resideInAnyPackage(EVERYTHING_BUT_THE_COMMAND_LINE)
            .should()
            .callMethodWhere(blocks());

    /**
     * Leases, fences and time-outs are right whatever the clock of a process says: only a lag is a matter of it, what operators
     * are told of a lease in DynamoDB, and there, beside the monotonic clock, whether one has ended earlier: a machine that slept.
     */
    @ArchTest
    static final ArchRule nobodyLooksAtTheWallClock = noClasses()
            .that(resideInAnyPackage("dev.tributary.checkpoint..", "dev.tributary.stream..", "dev.tributary.sink..")
                    .and(not(simpleName("ShardReport")))
                    .and(not(simpleName("LeaseEntries")))
                    .and(not(simpleName("DynamoDbSink"))))
            .should()
            .callMethodWhere(readsTheWallClock())
            .orShould()
            .accessTargetWhere(DescribedPredicate.describe(
                    "is the wall clock",
                    access -> access.getTargetOwner().isEquivalentTo(System.class)
                            && access.getTarget().getName().equals("currentTimeMillis")));

    private static DescribedPredicate<JavaCall<?>> readsTheWallClock() {
        Set<String> clocks = Set.of("java.time.Instant", "java.time.Clock", "java.time.LocalDateTime");
        return DescribedPredicate.describe(
                "read the wall clock",
                call -> clocks.contains(call.getTargetOwner().getName())
                        && Set.of("now", "millis", "systemUTC")
                                .contains(call.getTarget().getName()));
    }

    @ArchTest
    static final ArchRule noLocks =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.concurrent.locks..");

    @ArchTest
    static void nothingIsSynchronized(JavaClasses imported) {
        Pattern keyword = Pattern.compile("(?m)^(?! *(\\*|//)).*\\bsynchronized\\b");

        assertThat(sources().filter(file -> keyword.matcher(text(file)).find())).isEmpty();
    }

    @ArchTest
    static void everyPackageSaysWhatItIsAndThatItsTypesAreNotNull(JavaClasses imported) {
        Set<Path> packages = sources().map(Path::getParent).collect(toSet());

        assertThat(packages)
                .allSatisfy(directory -> assertThat(text(directory.resolve("package-info.java")))
                        .startsWith("/**")
                        .contains("@NullMarked"));
    }

    private static DescribedPredicate<JavaCall<?>> blocks() {
        Map<String, List<String>> blocking = Map.of(
                "java.util.concurrent.CompletableFuture", List.of("get", "join"),
                "java.util.concurrent.Future", List.of("get"),
                "java.util.concurrent.CountDownLatch", List.of("await"),
                "io.smallrye.mutiny.Uni", List.of("await"),
                "io.vertx.core.Future", List.of("await"),
                "java.lang.Thread", List.of("sleep", "join"));
        return DescribedPredicate.describe("block", call -> {
            CodeUnitCallTarget target = call.getTarget();
            return blocking.entrySet().stream()
                    .anyMatch(entry -> target.getOwner().isAssignableTo(entry.getKey())
                            && entry.getValue().contains(target.getName()));
        });
    }

    private static Stream<Path> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
