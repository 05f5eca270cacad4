package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharesTest {
    private static List<ShardId> shards(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new ShardId("commerce", "s" + number))
                .toList();
    }

    private static Shares shares(Set<String> peers, Map<ShardId, String> owners, List<ShardId> mine) {
        return Shares.of("a", peers, shards(4), owners, mine, Set.of());
    }

    private static Map<ShardId, String> owned(String owner, int from, int to) {
        return shards(to).subList(from, to).stream().collect(Collectors.toMap(shard -> shard, shard -> owner));
    }

    @Test
    void oneTakesAll() {
        assertThat(shares(Set.of("a"), Map.of(), List.of()))
                .isEqualTo(new Shares(shards(4), List.of(), Set.of(), false));
        assertThat(shares(Set.of("a"), owned("a", 0, 4), shards(4)))
                .isEqualTo(new Shares(List.of(), List.of(), Set.of(), true));
    }

    @Test
    void whoHasTooManyGivesThemAwayInTheOrderOfItsOwn() {
        List<ShardId> mine = shards(4).reversed();

        assertThat(shares(Set.of("a", "b"), owned("a", 0, 4), mine))
                .isEqualTo(new Shares(List.of(), mine.subList(0, 2), Set.of(), false));
    }

    /** Else one that gives two of four away would give away half of what it counts. */
    @Test
    void whatIsBeingGivenAwayCounts() {
        List<ShardId> mine = shards(2);

        Shares shares = Shares.of(
                "a",
                Set.of("a", "b"),
                shards(4),
                owned("a", 0, 4),
                mine,
                Set.copyOf(shards(4).subList(2, 4)));

        assertThat(shares).isEqualTo(new Shares(List.of(), List.of(), Set.of(), false));
    }

    @Test
    void whatAnotherHasClaimedIsLost() {
        assertThat(shares(Set.of("a", "b"), owned("b", 0, 2), shards(4)).lost()).isEqualTo(Set.copyOf(shards(2)));
    }

    /** It reads other shards too, and these are no matter of the others'. */
    @Test
    void whatAProcessOfAnotherSelectionHasIsNotShared() {
        assertThat(shares(Set.of("a"), owned("other", 0, 3), List.of()).take())
                .containsExactly(shards(4).get(3));
    }

    @Test
    void whatNobodyHasAnyMoreIsFreeThoughItWasThisOnes() {
        assertThat(shares(Set.of("a"), owned("a", 0, 4), shards(3)).take())
                .containsExactly(shards(4).get(3));
    }

    /** They were claimed after they had been given up; nobody else may take them. */
    @Test
    void whatIsThisOnesButDoesNotRunIsTakenFirstAndGivenAwayBeyondItsShare() {
        Shares shares = shares(Set.of("a", "b"), owned("a", 1, 4), List.of());

        assertThat(shares.take()).containsExactlyElementsOf(shards(4).subList(1, 3));
        assertThat(shares.give()).containsExactly(shards(4).get(3));
    }

    /** Of five one has three: who is first by name, though another has claimed its two already, or else who has them. */
    @Test
    void whoHasOneMoreIsTheSameWhileOthersAreClaiming() {
        assertThat(Shares.of("a", Set.of("a", "b"), shards(5), owned("b", 0, 2), List.of(), Set.of())
                        .take())
                .hasSize(3);
        assertThat(Shares.of("a", Set.of("a", "b"), shards(5), owned("b", 0, 3), List.of(), Set.of())
                        .take())
                .hasSize(2);
    }

    /** What two wanted would be nobody's until one of them has lost the claim and looks again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsFreeIsWantedByOneEachThoughTheyHaveDifferentlyMany(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<ShardId> shards = shards(random.nextInt(40));
            List<String> peers = IntStream.rangeClosed(0, random.nextInt(6))
                    .mapToObj(number -> "p" + number)
                    .toList();
            Map<ShardId, String> owners = new HashMap<>();
            List<ShardId> free = new ArrayList<>();
            for (ShardId shard : shards) {
                if (random.nextBoolean()) {
                    owners.put(shard, peers.get(random.nextInt(peers.size())));
                } else {
                    free.add(shard);
                }
            }

            List<ShardId> wanted = new ArrayList<>();
            for (String self : peers) {
                List<ShardId> mine = shards.stream()
                        .filter(shard -> self.equals(owners.get(shard)))
                        .toList();
                wanted.addAll(Shares.of(self, Set.copyOf(peers), shards, owners, mine, Set.of())
                        .take());
            }

            assertThat(wanted).containsExactlyInAnyOrderElementsOf(free);
        }
    }

    /** It is no peer for a moment, and then it is one again: nothing is given to and fro meanwhile. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoeverIsLateEvenSharesStay(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<ShardId> shards = shards(random.nextInt(40));
            List<String> peers = new ArrayList<>(IntStream.rangeClosed(0, random.nextInt(6))
                    .mapToObj(number -> "p" + number)
                    .toList());
            Collections.shuffle(peers, random);
            Map<ShardId, String> owners = new HashMap<>();
            shards.forEach(shard -> owners.put(shard, peers.get(owners.size() % peers.size())));
            Set<String> heardOf =
                    peers.stream().filter(peer -> random.nextBoolean()).collect(Collectors.toSet());

            for (String self : heardOf) {
                List<ShardId> mine = shards.stream()
                        .filter(shard -> self.equals(owners.get(shard)))
                        .toList();
                assertThat(Shares.of(self, heardOf, shards, owners, mine, Set.of()))
                        .isEqualTo(new Shares(List.of(), List.of(), Set.of(), true));
            }
        }
    }

    /** Processes come and go, look at different moments, and give back what they were told to, later. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoeverComesAndGoesTheSharesComeOutEvenAndStay(int seed) {
        Random random = new Random(seed);
        int count = random.nextInt(40);
        List<ShardId> shards = shards(count);
        Simulation simulation = new Simulation(shards, random);
        for (int round = 0; round < 20; round++) {
            simulation.comeOrGo();
            for (int look = 0; look < 200; look++) {
                simulation.look();
            }
            simulation.lookAll();
            simulation.lookAll();
            simulation.assertEven();
            Map<ShardId, String> before = new HashMap<>(simulation.owners);
            simulation.lookAll();
            assertThat(simulation.owners).as("it stays").isEqualTo(before);
        }
    }

    private static final class Simulation {
        final Map<ShardId, String> owners = new HashMap<>();
        private final List<ShardId> shards;
        private final Random random;
        private final Set<String> live = new TreeSet<>(Set.of("p0"));
        private final Map<String, Set<ShardId>> leaving = new HashMap<>();
        private int next = 1;

        Simulation(List<ShardId> shards, Random random) {
            this.shards = shards;
            this.random = random;
        }

        void comeOrGo() {
            if (live.size() == 1 || random.nextBoolean()) {
                live.add("p" + next++);
            } else {
                String gone = one();
                live.remove(gone);
                leaving.remove(gone);
                owners.values().removeIf(gone::equals);
            }
        }

        private String one() {
            return List.copyOf(live).get(random.nextInt(live.size()));
        }

        void look() {
            look(one());
        }

        void lookAll() {
            live.forEach(this::look);
        }

        private void look(String self) {
            Set<ShardId> leaves = leaving.computeIfAbsent(self, name -> new HashSet<>());
            List<ShardId> mine = shards.stream()
                    .filter(shard -> self.equals(owners.get(shard)) && !leaves.contains(shard))
                    .toList();
            if (random.nextBoolean()) {
                owners.keySet().removeAll(leaves);
                leaves.clear();
            }
            Shares shares = Shares.of(self, live, shards, owners, mine, leaves);
            assertThat(shares.lost()).isEmpty();
            leaves.addAll(shares.give());
            shares.take().forEach(shard -> owners.putIfAbsent(shard, self));
        }

        void assertEven() {
            for (int i = 0; i < 20; i++) {
                lookAll();
            }
            Map<String, Long> loads =
                    owners.values().stream().collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
            List<Long> all = new ArrayList<>();
            live.forEach(name -> all.add(loads.getOrDefault(name, 0L)));
            assertThat(owners.keySet()).containsExactlyInAnyOrderElementsOf(shards);
            long least = all.stream().min(Long::compare).orElseThrow();
            assertThat(all).allMatch(load -> load <= least + 1);
        }
    }
}
