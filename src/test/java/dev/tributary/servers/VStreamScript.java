package dev.tributary.servers;

import binlogdata.Binlogdata.VEvent;
import io.grpc.Status;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * What a {@link VStreamServer} answers to one request, step by step. Behind its last step a stream stays open and silent,
 * without so much as a heartbeat.
 */
public final class VStreamScript {
    /** One step, on the stream's own thread. */
    @FunctionalInterface
    interface Step {
        void run(ServedStream stream) throws InterruptedException;
    }

    private final List<Step> steps = new ArrayList<>();

    private VStreamScript() {}

    public static VStreamScript script() {
        return new VStreamScript();
    }

    /** Sends one message. */
    public VStreamScript message(VEvent... events) {
        VStreamResponse response =
                VStreamResponse.newBuilder().addAllEvents(List.of(events)).build();
        steps.add(stream -> stream.send(response));
        return this;
    }

    /** Sends many messages, each as soon as the client's flow control lets it through. */
    public VStreamScript messages(int count, IntFunction<List<VEvent>> events) {
        steps.add(stream -> {
            for (int i = 0; i < count; i++) {
                stream.send(VStreamResponse.newBuilder()
                        .addAllEvents(events.apply(i))
                        .build());
            }
        });
        return this;
    }

    /** Says now and then that it lives, until the gate is open or the client is gone. */
    public VStreamScript heartbeats(Duration pause, CountDownLatch gate) {
        VStreamResponse heartbeat =
                VStreamResponse.newBuilder().addEvents(VEvents.heartbeat()).build();
        steps.add(stream -> {
            while (!stream.isCancelled() && !gate.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                stream.send(heartbeat);
            }
        });
        return this;
    }

    /** Sends nothing until the gate is open. */
    public VStreamScript await(CountDownLatch gate) {
        steps.add(stream -> gate.await());
        return this;
    }

    /** Ends the stream with a failure. */
    public VStreamScript error(Status status) {
        steps.add(stream -> stream.fail(status));
        return this;
    }

    /** Ends the stream as if there were nothing more to come. */
    public VStreamScript end() {
        steps.add(ServedStream::complete);
        return this;
    }

    void run(ServedStream stream) throws InterruptedException {
        for (Step step : List.copyOf(steps)) {
            step.run(stream);
        }
    }
}
