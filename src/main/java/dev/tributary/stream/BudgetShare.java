package dev.tributary.stream;

/**
 * What one shard's streams hold of the process's budget. A shard reads on while it holds less than is still free: so one that
 * stalls ends with half of the budget at most, and however many do, as much is left for the others as each of them has. Used on
 * the context of the shard's verticle only.
 */
final class BudgetShare {
    private final ByteBudget budget;
    private long held;

    BudgetShare(ByteBudget budget) {
        this.budget = budget;
    }

    boolean hasRoom() {
        return held < budget.free();
    }

    void take(long bytes) {
        held += bytes;
        budget.take(bytes);
    }

    void give(long bytes) {
        held -= bytes;
        budget.give(bytes);
    }

    /** Calls back once there may be room, on the thread of whoever gives it; not if it is forgotten first. */
    void onRoom(Runnable waiter) {
        budget.onRoom(waiter);
        // it may have been given a moment ago
        if (hasRoom() && budget.forget(waiter)) {
            waiter.run();
        }
    }

    void forget(Runnable waiter) {
        budget.forget(waiter);
    }
}
