package dev.tributary.source.vitess;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * A charset that MySQL reads in a way of its own: one of Java's, with some characters exchanged. Decodes only. Everything
 * below {@code U+0080} is as in ASCII.
 */
final class MySqlCharset extends Charset {
    static final Charset LATIN1 = ofBytes(
            "latin1", "windows-1252", 0x81, '\u0081', 0x8D, '\u008D', 0x8F, '\u008F', 0x90, '\u0090', 0x9D, '\u009D');
    static final Charset DEC8 = ofBytes(
            "dec8", "ISO-8859-1", 0xA8, '\u00A4', 0xD7, '\u0152', 0xDD, '\u0178', 0xF7, '\u0153', 0xFD, '\u00FF');
    static final Charset CP866 = ofBytes("cp866", "IBM866", 0xFC, '\u207F', 0xFD, '\u00B2');
    static final Charset GREEK = ofBytes("greek", "ISO-8859-7", 0xA1, '\u02BD', 0xA2, '\u02BC');
    static final Charset HEBREW = ofBytes("hebrew", "ISO-8859-8", 0xAF, '\u203E');
    static final Charset KOI8U = ofBytes("koi8u", "KOI8-U", 0x95, '\u2022');
    static final Charset SJIS = new MySqlCharset("sjis", "x-PCK", false, "\uFF3C", "\\");
    static final Charset UJIS = new MySqlCharset("ujis", "x-eucJP-Open", true, "\u2014\uFF3C\uFF5E", "\u2015\\~");
    static final Charset EUCJPMS = new MySqlCharset(
            "eucjpms",
            "x-eucJP-Open",
            true,
            "\u2014\u301C\u2016\u2212\u00A2\u00A3\u00AC\u00A6",
            "\u2015\uFF5E\u2225\uFF0D\uFFE0\uFFE1\uFFE2\uFFE4");
    /** Of 2005, where Java's is of 2022. */
    static final Charset GB18030 = swapped(
            "gb18030",
            "GB18030",
            "\uE78D\uE78E\uE78F\uE790\uE791\uE792\uE793\uE794\uE795\uE796\uE81E\uE826\uE82B\uE82C\uE832\uE843\uE854\uE864",
            "\uFE10\uFE12\uFE11\uFE13\uFE14\uFE15\uFE16\uFE17\uFE18\uFE19\u9FB4\u9FB5\u9FB6\u9FB7\u9FB8\u9FB9\u9FBA\u9FBB");

    private final Charset base;
    private final boolean userDefined;
    private final String from;
    private final String to;
    private final char[] bytes;

    private MySqlCharset(String name, String base, boolean userDefined, String from, String to, char... bytes) {
        super("x-mysql-" + name, null);
        this.base = Charset.forName(base);
        this.userDefined = userDefined;
        this.from = from;
        this.to = to;
        this.bytes = bytes;
    }

    /** A charset of one byte a character, with pairs of a byte and its character that are not as in the base. */
    private static Charset ofBytes(String name, String base, int... pairs) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        char[] characters = new String(all, Charset.forName(base)).toCharArray();
        for (int i = 0; i < pairs.length; i += 2) {
            characters[pairs[i]] = (char) pairs[i + 1];
        }
        return new MySqlCharset(name, base, false, "", "", characters);
    }

    private static Charset swapped(String name, String base, String these, String those) {
        return new MySqlCharset(name, base, false, these + those, those + these);
    }

    @Override
    public boolean contains(Charset other) {
        return other.equals(this);
    }

    @Override
    public CharsetDecoder newDecoder() {
        return bytes.length > 0 ? new OfBytes() : new Exchanging();
    }

    @Override
    public boolean canEncode() {
        return false;
    }

    @Override
    public CharsetEncoder newEncoder() {
        throw new UnsupportedOperationException(name() + " is only read");
    }

    private final class OfBytes extends CharsetDecoder {
        OfBytes() {
            super(MySqlCharset.this, 1, 1);
        }

        @Override
        protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
            int n = Math.min(in.remaining(), out.remaining());
            for (int i = 0; i < n; i++) {
                out.put(bytes[in.get() & 0xFF]);
            }
            return in.hasRemaining() ? CoderResult.OVERFLOW : CoderResult.UNDERFLOW;
        }
    }

    private final class Exchanging extends CharsetDecoder {
        private final CharsetDecoder decoder = base.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);

        Exchanging() {
            super(MySqlCharset.this, 1, 2);
        }

        @Override
        protected void implReset() {
            decoder.reset();
        }

        @Override
        protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
            if (!userDefined) {
                return exchange(in, out);
            }
            int limit = in.limit();
            while (true) {
                in.limit(nextUserDefined(in));
                CoderResult result = exchange(in, out);
                boolean decoded = !in.hasRemaining();
                in.limit(limit);
                int length = decoded ? lengthOfUserDefined(in, in.position()) : 0;
                if (length == 0) {
                    return result;
                }
                if (!out.hasRemaining()) {
                    return CoderResult.OVERFLOW;
                }
                out.put(userDefined(in, length));
                in.position(in.position() + length);
            }
        }

        private int nextUserDefined(ByteBuffer in) {
            int at = in.position();
            while (at < in.limit() && lengthOfUserDefined(in, at) == 0) {
                int first = in.get(at) & 0xFF;
                at += first < 0x80 ? 1 : first == 0x8F ? 3 : 2;
            }
            return Math.min(at, in.limit());
        }

        /** Rows F5 to FE of both planes of EUC are the user's own; the length of such a character there, or 0. */
        private int lengthOfUserDefined(ByteBuffer in, int at) {
            int length = at < in.limit() && (in.get(at) & 0xFF) == 0x8F ? 3 : 2;
            boolean is = in.limit() - at >= length
                    && (in.get(at + length - 2) & 0xFF) >= 0xF5
                    && (in.get(at + length - 1) & 0xFF) >= 0xA1;
            return is ? length : 0;
        }

        private char userDefined(ByteBuffer in, int length) {
            int at = in.position() + length;
            int number = ((in.get(at - 2) & 0xFF) - 0xF5) * 94 + (in.get(at - 1) & 0xFF) - 0xA1;
            return (char) ((length == 3 ? 0xE3AC : 0xE000) + number);
        }

        private CoderResult exchange(ByteBuffer in, CharBuffer out) {
            int start = out.position();
            CoderResult result = decoder.decode(in, out, false);
            for (int i = start; i < out.position(); i++) {
                int at = from.indexOf(out.get(i));
                if (at >= 0) {
                    out.put(i, to.charAt(at));
                }
            }
            return result;
        }
    }
}
