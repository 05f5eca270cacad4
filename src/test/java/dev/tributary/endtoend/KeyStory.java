package dev.tributary.endtoend;

import java.util.List;

/**
 * A table and what happens to its keys.
 *
 * @param first rows that are there before the copy
 * @param transactions the statements of each
 */
record KeyStory(String table, String definition, List<String> first, List<List<String>> transactions) {
    static final List<KeyStory> ALL = List.of(
            new KeyStory(
                    "ci",
                    "id BIGINT NOT NULL, w VARCHAR(20) COLLATE utf8mb4_0900_ai_ci NOT NULL, PRIMARY KEY (w)",
                    List.of("1, 'a'", "2, 'b'", "3, 'c'", "4, 'ss'", "5, 'e'"),
                    List.of(
                            List.of("UPDATE ci SET w = 'A' WHERE id = 1"),
                            List.of("DELETE FROM ci WHERE id = 2", "INSERT INTO ci VALUES (20, 'B')"),
                            List.of(
                                    "UPDATE ci SET w = 'x' WHERE id = 1",
                                    "UPDATE ci SET w = 'a' WHERE id = 3",
                                    "UPDATE ci SET w = 'C' WHERE id = 1"),
                            List.of("UPDATE ci SET w = _utf8mb4 x'C39F' WHERE id = 4"),
                            List.of(
                                    "UPDATE ci SET w = _utf8mb4 x'C3A9' WHERE id = 5",
                                    "DELETE FROM ci WHERE id = 5",
                                    "INSERT INTO ci VALUES (6, 'E')",
                                    "UPDATE ci SET w = _utf8mb4 x'C389' WHERE id = 6"))),
            new KeyStory(
                    "padded",
                    "id BIGINT NOT NULL, w VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL, PRIMARY KEY (w)",
                    List.of("1, 'a'", "2, 'b '", "3, 'c  '"),
                    List.of(
                            List.of("UPDATE padded SET w = 'a ' WHERE id = 1"),
                            List.of("DELETE FROM padded WHERE id = 2", "INSERT INTO padded VALUES (2, 'B   ')"),
                            List.of(
                                    "UPDATE padded SET w = 'x' WHERE id = 3",
                                    "UPDATE padded SET w = 'C' WHERE id = 2",
                                    "UPDATE padded SET w = 'b  ' WHERE id = 3"))),
            new KeyStory(
                    "prefixed",
                    "id BIGINT NOT NULL, w VARCHAR(50) NOT NULL, n INT, PRIMARY KEY (w(3))",
                    List.of("1, 'abc1', 0", "2, 'abd1', 0", "3, 'x', 0", "4, 'keep me', 0"),
                    List.of(
                            List.of("UPDATE prefixed SET w = 'abc2' WHERE id = 1"),
                            List.of("UPDATE prefixed SET w = 'ABC2' WHERE id = 1", "UPDATE prefixed SET n = 1"),
                            List.of(
                                    "DELETE FROM prefixed WHERE id = 2",
                                    "INSERT INTO prefixed VALUES (5, 'abdomen', 5)"),
                            List.of(
                                    "UPDATE prefixed SET w = 'free' WHERE id = 1",
                                    "UPDATE prefixed SET w = 'abc of five' WHERE id = 5",
                                    "UPDATE prefixed SET w = 'abd of one' WHERE id = 1"),
                            List.of("UPDATE prefixed SET w = 'xylophone' WHERE id = 3"),
                            List.of("DELETE FROM prefixed WHERE id = 5"))),
            // whole values that are equal, told apart by their first letter
            new KeyStory(
                    "sharp",
                    "id BIGINT NOT NULL, w VARCHAR(50) COLLATE utf8mb4_0900_ai_ci NOT NULL, PRIMARY KEY (w(1))",
                    List.of("1, 'ss'", "2, _utf8mb4 x'C39F'"),
                    List.of(
                            List.of("DELETE FROM sharp WHERE id = 2"),
                            List.of("INSERT INTO sharp VALUES (3, _utf8mb4 x'C39F')"),
                            List.of("DELETE FROM sharp WHERE id = 1"))),
            new KeyStory(
                    "parts",
                    "id BIGINT NOT NULL, a INT NOT NULL, w TEXT NOT NULL, b BLOB NOT NULL, u VARCHAR(9),"
                            + " PRIMARY KEY (a, w(2), b(2)), UNIQUE KEY (u)",
                    List.of(
                            "1, 1, 'aa1', x'000001', 'p'",
                            "2, 1, 'aa1', x'000101', 'q'",
                            "3, 2, 'aa1', x'000001', NULL"),
                    List.of(
                            List.of(
                                    "UPDATE parts SET w = 'aa2', u = NULL WHERE id = 1",
                                    "UPDATE parts SET u = 'p' WHERE id = 2"),
                            List.of("UPDATE parts SET b = x'000002', u = 'q' WHERE id = 1"),
                            List.of(
                                    "DELETE FROM parts WHERE id = 2",
                                    "INSERT INTO parts VALUES (4, 1, 'aa4', x'000199', 'p')"))),
            new KeyStory(
                    "unique_only",
                    "id BIGINT NOT NULL, w VARCHAR(20) COLLATE latin1_german1_ci NOT NULL, n INT NOT NULL, UNIQUE KEY (w, n)",
                    List.of("1, 'a', 1", "2, 'a', 2", "3, 'b', 1"),
                    List.of(
                            List.of(
                                    "UPDATE unique_only SET n = 3 WHERE id = 2",
                                    "UPDATE unique_only SET n = 2, w = 'A' WHERE id = 1"),
                            List.of(
                                    "DELETE FROM unique_only WHERE id = 3",
                                    "INSERT INTO unique_only VALUES (9, 'B', 1)"))),
            new KeyStory(
                    "keyless",
                    "id BIGINT NOT NULL, w VARCHAR(20)",
                    List.of("1, 'a'", "1, 'a'", "1, 'a'", "1, 'A'", "1, 'a '", "2, NULL", "2, NULL"),
                    List.of(
                            List.of("DELETE FROM keyless WHERE w = 'a' COLLATE utf8mb4_0900_as_cs LIMIT 1"),
                            List.of("UPDATE keyless SET w = 'A' WHERE w = 'a' COLLATE utf8mb4_0900_as_cs LIMIT 1"),
                            List.of(
                                    "DELETE FROM keyless WHERE w IS NULL LIMIT 1",
                                    "INSERT INTO keyless VALUES (1, 'a'), (1, 'a')"),
                            List.of("DELETE FROM keyless WHERE w = 'A' COLLATE utf8mb4_0900_as_cs LIMIT 1"))),
            new KeyStory(
                    "doubly",
                    "id BIGINT PRIMARY KEY, u VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, w INT, UNIQUE KEY (u), UNIQUE KEY (w, u)",
                    List.of("1, 'a', 1", "2, 'b', 2", "3, 'c', 3", "4, 'd', 4", "5, NULL, 5"),
                    List.of(
                            // swapped between rows in one transaction
                            List.of(
                                    "UPDATE doubly SET u = NULL WHERE id = 1",
                                    "UPDATE doubly SET u = 'A' WHERE id = 2",
                                    "UPDATE doubly SET u = 'B' WHERE id = 1"),
                            // and handed on from one to the next
                            List.of("UPDATE doubly SET u = NULL WHERE id = 3"),
                            List.of("UPDATE doubly SET u = 'C' WHERE id = 4"),
                            List.of("UPDATE doubly SET u = 'D' WHERE id = 3"),
                            List.of("DELETE FROM doubly WHERE id = 1", "INSERT INTO doubly VALUES (6, 'b', 1)"),
                            List.of(
                                    "UPDATE doubly SET id = 7 WHERE id = 6",
                                    "INSERT INTO doubly VALUES (6, 'x', 1)"))));
}
