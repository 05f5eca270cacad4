package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.TableLastPK;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import binlogdata.Binlogdata.VGtid;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VgtidEventTest {
    private final VgtidEvent vgtid = new VgtidEvent();

    private static VEvent event(Random random) {
        VEvent.Builder event = VEvent.newBuilder().setType(VEventType.VGTID).setKeyspace("commerce");
        if (random.nextInt(10) == 0) {
            return event.build();
        }
        VGtid.Builder of = VGtid.newBuilder();
        int shards = random.nextInt(8) == 0 ? random.nextInt(3) : 1;
        IntStream.range(0, shards).forEach(i -> of.addShardGtids(shard(random)));
        return event.setVgtid(of).setTimestamp(random.nextLong()).build();
    }

    private static ShardGtid shard(Random random) {
        ShardGtid.Builder shard = ShardGtid.newBuilder().setKeyspace("commerce");
        if (random.nextInt(4) > 0) {
            shard.setShard(random.nextInt(5) > 0 ? "-80" : "80-é");
        }
        if (random.nextInt(4) > 0) {
            shard.setGtid("MySQL56/00000000-0000-0000-0000-000000000001:1-" + random.nextInt(1 << 20));
        }
        if (random.nextInt(4) == 0) {
            shard.addTablePKs(TableLastPK.newBuilder().setTableName("t"));
        }
        return shard.build();
    }

    @Test
    void anEventIsWhatProtocolBuffersReadOfIt() {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            VEvent event = event(random);

            vgtid.read(Told.reader(event.toByteArray()));

            assertThat(vgtid.shards()).isEqualTo(event.getVgtid().getShardGtidsCount());
            if (vgtid.shards() == 1) {
                ShardGtid shard = event.getVgtid().getShardGtids(0);
                assertThat(vgtid.shard()).isEqualTo(shard.getShard());
                assertThat(vgtid.gtid()).isEqualTo(shard.getGtid());
            }
        }
    }

    @Test
    void whatIsBrokenIsMalformedOrAnother() {
        Random random = new Random(12);
        byte[] whole = event(new Random(5)).toByteArray();
        int malformed = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            try {
                vgtid.read(Told.reader(broken));
            } catch (WireReader.Malformed e) {
                malformed++;
            }
        }
        assertThat(malformed).isGreaterThan(100);
    }
}
