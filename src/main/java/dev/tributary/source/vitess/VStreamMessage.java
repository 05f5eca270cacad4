package dev.tributary.source.vitess;

import io.grpc.MethodDescriptor;
import io.vitess.proto.Vtgate.VStreamRequest;
import io.vitess.proto.grpc.VitessGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * What VTGate sends at once, a {@code VStreamResponse}, as the bytes that came: nearly all of them are rows, which are read where
 * they lie.
 *
 * @param bytes not to be changed
 */
record VStreamMessage(byte[] bytes) {
    /** {@code vtgate.Vitess/VStream}, whose answers are not taken apart yet. */
    static final MethodDescriptor<VStreamRequest, VStreamMessage> METHOD = VitessGrpc.getVStreamMethod().toBuilder(
                    VitessGrpc.getVStreamMethod().getRequestMarshaller(), new Marshaller())
            .build();

    /** The events. */
    WireReader reader() {
        return new WireReader(bytes);
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<VStreamMessage> {
        @Override
        public InputStream stream(VStreamMessage message) {
            return new ByteArrayInputStream(message.bytes);
        }

        @Override
        public VStreamMessage parse(InputStream stream) {
            try {
                // gRPC says how long a message is, but for a compressed one
                byte[] bytes = new byte[stream.available()];
                int read = stream.readNBytes(bytes, 0, bytes.length);
                int next = stream.read();
                if (next < 0) {
                    return new VStreamMessage(read == bytes.length ? bytes : Arrays.copyOf(bytes, read));
                }
                byte[] rest = stream.readAllBytes();
                byte[] all = Arrays.copyOf(bytes, read + 1 + rest.length);
                all[read] = (byte) next;
                System.arraycopy(rest, 0, all, read + 1, rest.length);
                return new VStreamMessage(all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
