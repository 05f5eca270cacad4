package dev.tributary.workload;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of columns, with those among them that are easily carried wrongly. Not to be shared between threads. */
final class RandomValues {
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "plain",
            "O'Neill \"quoted\" \\back\\slash",
            "ünïcödé é ß",
            "日本語テキスト",
            "🚲🎈 emoji",
            "tab\tnew\nline\rend",
            "trailing blanks   ",
            "zero\0byte",
            "NULL",
            "100% _like_ ;-- /* no comment */");

    private static final List<String> LATIN = List.of("", "José", "Zoë Straße", "O'Brien", "plain", "naïve café  ");

    private static final List<String> DOUBLES = List.of(
            "0", "1.5", "-2.25", "0.1", "1e100", "-1e-100", "1e21", "123456789012345680000", "0.30000000000000004");

    private final Random random;

    RandomValues(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    @Nullable
    String text() {
        return oneIn(8) ? null : someText();
    }

    String someText() {
        return oneIn(3) ? oneOf(TEXTS) : "text " + random.nextInt(1_000_000);
    }

    String latin() {
        return oneOf(LATIN) + " " + random.nextInt(10_000);
    }

    BigDecimal amount() {
        return BigDecimal.valueOf(random.nextInt(2_000_000) - 500_000, 2);
    }

    BigDecimal price() {
        return BigDecimal.valueOf(random.nextInt(1_000_000), 2);
    }

    /** As text: VTGate makes a cast of a float with an exponent that old servers don't know. */
    String doubleText() {
        return oneIn(2) ? oneOf(DOUBLES) : Double.toString(random.nextInt(100_000) / 64.0);
    }

    /** Six digits at most, which is what the copy of a FLOAT carries. */
    @Nullable
    String floatText() {
        return oneIn(6) ? null : Float.toString(random.nextInt(1_600) / 16f);
    }

    BigDecimal decimalKey() {
        int scale = random.nextInt(5);
        return BigDecimal.valueOf(random.nextInt(20_000) - 10_000, scale).setScale(4);
    }

    @Nullable
    String json() {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> "[]";
            case 2 -> "{\"colour\": \"blau\", \"size\": " + random.nextInt(50) + ", \"gift\": true}";
            case 3 -> "{\"tags\": [\"ä\", \"\\\"b\\\"\", null, 1.25], \"n\": {\"deep\": {}}}";
            default -> "\"text " + random.nextInt(1000) + "\"";
        };
    }

    byte @Nullable [] bytes(int most) {
        if (oneIn(8)) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Any nine bits. */
    int flags() {
        return random.nextInt(512);
    }

    String tier() {
        return oneOf(List.of("basic", "silver", "gold"));
    }

    @Nullable
    String interests() {
        return oneOf(List.of("", "books", "games", "books,music", "books,games,music"));
    }

    String born() {
        return LocalDate.of(1930, 1, 1).plusDays(random.nextInt(30_000)).toString();
    }

    @Nullable
    Timestamp seen() {
        return oneIn(10) ? null : moment();
    }

    Timestamp moment() {
        Timestamp moment = new Timestamp(1_600_000_000_000L + random.nextInt(Integer.MAX_VALUE));
        moment.setNanos(random.nextInt(1000) * 1_000_000);
        return moment;
    }

    String status() {
        return oneOf(List.of("new", "paid", "packed", "sent", "back"));
    }

    static String sku(int number) {
        return "SKU-" + number;
    }

    static byte[] noteId(int number) {
        byte[] id = ("note " + number).getBytes(StandardCharsets.UTF_8);
        id[4] = (byte) (number * 31); // any byte, zero among them
        return id;
    }
}
