package dev.tributary.source.vitess;

import io.grpc.MethodDescriptor;
import io.vitess.proto.Vtgate.VStreamRequest;
import io.vitess.proto.grpc.VitessGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one call from the wire into arrays that are used again: what is kept of them is copied elsewhere, and a fifth
 * of what changes allocate would be such arrays. Used on the call's context only.
 */
final class VStreamMessages implements MethodDescriptor.Marshaller<VStreamMessage> {
    /** Of messages of a transaction each, of which several may wait, as many arrays are kept; of larger ones a single one. */
    static final int SMALL_BYTES = 16 << 10;
    /** VTGate makes messages of 250 kB out of the rows of a copy (its {@code --vstream_packet_size}). */
    private static final int MOST_BYTES = 512 << 10;

    private static final int LEAST_BYTES = 1 << 10;
    /** Small messages in a row behind which no large one is expected: that of rows of a copy is followed by one of where they end. */
    private static final int SMALL_ONES = 32;

    private final int most;
    private final ArrayDeque<byte[]> small = new ArrayDeque<>();
    private byte @Nullable [] large;
    private int smallOnes;

    /** @param most small arrays that are kept */
    VStreamMessages(int most) {
        this.most = most;
    }

    /** {@code vtgate.Vitess/VStream}, whose answers are not taken apart yet. */
    MethodDescriptor<VStreamRequest, VStreamMessage> method() {
        return VitessGrpc.getVStreamMethod().toBuilder(
                        VitessGrpc.getVStreamMethod().getRequestMarshaller(), this)
                .build();
    }

    @Override
    public InputStream stream(VStreamMessage message) {
        return new ByteArrayInputStream(message.bytes(), 0, message.length());
    }

    @Override
    public VStreamMessage parse(InputStream stream) {
        try {
            // gRPC says how long a message is, but for a compressed one
            byte[] bytes = array(stream.available());
            int length = stream.readNBytes(bytes, 0, bytes.length);
            int next = length < bytes.length ? -1 : stream.read();
            if (next < 0) {
                return new VStreamMessage(bytes, length);
            }
            byte[] rest = stream.readAllBytes();
            byte[] all = Arrays.copyOf(bytes, length + 1 + rest.length);
            all[length] = (byte) next;
            System.arraycopy(rest, 0, all, length + 1, rest.length);
            return new VStreamMessage(all, all.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] array(int length) {
        byte[] spare;
        if (length <= SMALL_BYTES) {
            spare = small.pollLast();
            large = ++smallOnes > SMALL_ONES ? null : large;
        } else {
            spare = large;
            large = null;
            smallOnes = 0;
        }
        return spare != null && spare.length >= length ? spare : new byte[rounded(length)];
    }

    /** To a power of two, if such an array is kept: sizes differ a little from message to message. */
    private static int rounded(int length) {
        if (length > MOST_BYTES) {
            return length;
        }
        return length <= LEAST_BYTES ? LEAST_BYTES : Integer.highestOneBit(length - 1) << 1;
    }

    /** Of a message that has been handled. */
    void release(VStreamMessage message) {
        byte[] bytes = message.bytes();
        if (bytes.length > SMALL_BYTES && bytes.length <= MOST_BYTES) {
            large = bytes;
        } else if (bytes.length <= SMALL_BYTES && small.size() < most) {
            small.add(bytes);
        }
    }
}
