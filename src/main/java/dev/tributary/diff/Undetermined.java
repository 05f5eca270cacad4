package dev.tributary.diff;

/** Why nothing can be told of some rows; the comparison goes on with others. */
final class Undetermined extends RuntimeException {
    private static final long serialVersionUID = 1;

    Undetermined(String message) {
        super(message);
    }
}
