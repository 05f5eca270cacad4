package dev.tributary.defects;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.tributary.TributaryProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Plants one defect after the other and shows that its tests fail with each, and pass without: {@code ./tributary test
 * --defects [ID …]}.
 */
public final class DefectsRun {
    private static final String PACKAGE = "dev.tributary.endtoend.";
    /** A defect may make a test wait in vain: not longer than this many seconds. */
    private static final String LIMIT = "40";

    private DefectsRun() {}

    /** Exits with 0 if every defect was caught, with 1 if not, with 2 for an unknown defect. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String... ids) throws IOException {
        List<Defect> defects;
        try {
            defects = ids.length == 0
                    ? List.of(Defect.values())
                    : Arrays.stream(ids).map(Defect::of).toList();
        } catch (IllegalArgumentException e) {
            System.err.println("tributary: test --defects: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.setProperty("limit", LIMIT);
        System.setProperty("rounds", "9");
        Path jar = AgentJar.create();
        int missed = 0;
        try {
            List<String> tests = defects.stream()
                    .flatMap(defect -> defect.tests.stream())
                    .distinct()
                    .toList();
            if (!passWithout(tests)) {
                System.exit(1);
            }
            for (Defect defect : defects) {
                missed += isCaught(defect, jar) ? 0 : 1;
            }
        } finally {
            Files.delete(jar);
        }
        System.out.printf("defects: %d planted, %d caught%n", defects.size(), defects.size() - missed);
        System.exit(missed == 0 ? 0 : 1);
    }

    /** Under the same limits: a machine that is too slow for them would catch everything. */
    private static boolean passWithout(List<String> tests) {
        TestExecutionSummary control = run(tests);
        if (control.getTestsFailedCount() == 0) {
            System.out.printf("without a defect: %d tests pass%n", control.getTestsSucceededCount());
            return true;
        }
        System.out.println("without a defect tests fail already, so that nothing is shown:");
        tellFailures(control);
        return false;
    }

    private static boolean isCaught(Defect defect, Path jar) throws IOException {
        Path planted = Files.createTempFile("tributary-planted-", ".txt");
        System.setProperty(TributaryProcess.AGENT, jar + "=" + defect.id() + "=" + planted);
        try {
            TestExecutionSummary summary = run(defect.tests);
            boolean wasPlanted = Files.size(planted) > 0;
            boolean caught = wasPlanted && summary.getTestsFailedCount() == summary.getTestsStartedCount();
            System.out.printf("%-7s %s: %s%n", caught ? "caught" : "MISSED", defect.id(), defect.what);
            if (!wasPlanted) {
                System.out.println("        it was not planted: " + defect.type() + " was never loaded");
            }
            System.out.printf(
                    "        %d of %d tests failed%n", summary.getTestsFailedCount(), summary.getTestsStartedCount());
            tellFailures(summary);
            return caught;
        } finally {
            Files.delete(planted);
        }
    }

    private static void tellFailures(TestExecutionSummary summary) {
        summary.getFailures()
                .forEach(failure -> System.out.println("        by "
                        + failure.getTestIdentifier().getDisplayName() + ": " + brief(failure.getException())));
    }

    private static TestExecutionSummary run(List<String> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(tests.stream().map(DefectsRun::selector).toList())
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        if (listener.getSummary().getTestsStartedCount() == 0) {
            throw new IllegalStateException("no test ran of " + tests);
        }
        return listener.getSummary();
    }

    private static DiscoverySelector selector(String test) {
        return test.contains("#") ? selectMethod(PACKAGE + test) : selectClass(PACKAGE + test);
    }

    /** The first lines: an end-to-end failure ends with all that the pipeline said. */
    private static String brief(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " ");
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
