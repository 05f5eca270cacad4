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

/**
 * Takes the messages of all streams of an event loop from the wire into arrays that are used again: what is kept of them is copied
 * elsewhere, and a fifth of what changes allocate would be such arrays. Used on that loop only.
 */
final class VStreamMessages implements MethodDescriptor.Marshaller<VStreamMessage> {
    /** As large are those of transactions of a few rows. */
    private static final int SMALL_BYTES = 16 << 10;
    /** A tablet makes messages of 250 kB of values out of the rows of a copy (its {@code --vstream_packet_size}) and, by default, larger ones. */
    private static final int LARGE_BYTES = 1 << 20;

    private static final int LEAST_BYTES = 1 << 10;
    /** Small arrays that are kept: those of streams that wait for nothing. */
    private static final int MOST_SMALL = 64;

    private static final int MOST_LARGE = 2;

    private final MethodDescriptor<VStreamRequest, VStreamMessage> method = VitessGrpc.getVStreamMethod().toBuilder(
                    VitessGrpc.getVStreamMethod().getRequestMarshaller(), this)
            .build();
    private final ArrayDeque<byte[]> small = new ArrayDeque<>();
    private final ArrayDeque<byte[]> large = new ArrayDeque<>();

    /** {@code vtgate.Vitess/VStream}, whose answers are not taken apart yet. */
    MethodDescriptor<VStreamRequest, VStreamMessage> method() {
        return method;
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
        byte[] spare = (length <= SMALL_BYTES ? small : large).pollLast();
        return spare != null && spare.length >= length ? spare : new byte[rounded(length)];
    }

    /** To a power of two, if such an array is kept: sizes differ a little from message to message. */
    private static int rounded(int length) {
        if (length > LARGE_BYTES) {
            return length;
        }
        return length <= LEAST_BYTES ? LEAST_BYTES : Integer.highestOneBit(length - 1) << 1;
    }

    /** Of a message that has been handled. */
    void release(VStreamMessage message) {
        byte[] bytes = message.bytes();
        if (bytes.length <= SMALL_BYTES && small.size() < MOST_SMALL) {
            small.add(bytes);
        } else if (bytes.length > SMALL_BYTES && bytes.length <= LARGE_BYTES && large.size() < MOST_LARGE) {
            large.add(bytes);
        }
    }
}
