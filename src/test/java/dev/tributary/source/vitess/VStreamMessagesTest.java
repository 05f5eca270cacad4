package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VStreamMessagesTest {
    private final VStreamMessages messages = new VStreamMessages();

    private static byte[] sent(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + length);
        }
        return bytes;
    }

    private VStreamMessage parse(int length) {
        return messages.parse(new ByteArrayInputStream(sent(length)));
    }

    private static void assertHolds(VStreamMessage message, byte[] sent) {
        assertThat(message.length()).isEqualTo(sent.length);
        assertThat(Arrays.copyOf(message.bytes(), message.length())).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 16_384, 250_000, 1_048_576, 1_048_577, 3_000_000})
    void aMessageIsWhatCame(int length) {
        assertHolds(parse(length), sent(length));
    }

    /** Of one that came compressed nobody knows the length before. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 300_000, 2_000_000})
    void soItIsIfNobodyKnowsItsLength(int length) {
        InputStream silent = new ByteArrayInputStream(sent(length)) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };

        assertHolds(messages.parse(silent), sent(length));
    }

    @Test
    void theArrayOfOneThatWasHandledServesAgain() {
        VStreamMessage first = parse(240_000);
        byte[] bytes = first.bytes();
        messages.release(first);

        VStreamMessage second = parse(255_000);

        assertThat(second.bytes()).isSameAs(bytes);
        assertHolds(second, sent(255_000));
    }

    @Test
    void oneThatWaitsHasAnArrayOfItsOwn() {
        VStreamMessage first = parse(2_000);
        VStreamMessage second = parse(1_900);

        assertHolds(first, sent(2_000));
        assertHolds(second, sent(1_900));
    }

    /** In a copy each message of rows is followed by one of where they end. */
    @Test
    void aSmallMessageLeavesTheLargeArray() {
        VStreamMessage large = parse(200_000);
        messages.release(large);
        messages.release(parse(100));

        assertThat(parse(200_000).bytes()).isSameAs(large.bytes());
    }

    /** A loop has many streams, and what all of them have at one moment is not kept for ever. */
    @ParameterizedTest
    @CsvSource({"2000, 64", "600000, 2"})
    void noMoreArraysAreKeptThanAreOfUse(int length, int most) {
        List<VStreamMessage> came =
                IntStream.range(0, 100).mapToObj(i -> parse(length)).toList();
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        came.forEach(message -> arrays.add(message.bytes()));
        came.forEach(messages::release);

        assertThat(IntStream.range(0, 100)
                        .filter(i -> arrays.contains(parse(length).bytes()))
                        .count())
                .isEqualTo(most);
    }

    @Test
    void anArrayOfOneLargeRowIsNotKept() {
        VStreamMessage huge = parse(1_100_000);
        messages.release(huge);

        assertThat(parse(1_100_000).bytes()).isNotSameAs(huge.bytes());
    }
}
