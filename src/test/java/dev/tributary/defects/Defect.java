package dev.tributary.defects;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A protection that is switched off, and the tests that must then fail. */
enum Defect {
    FENCE_IGNORED(
            "an owner whose shard was claimed by another goes on writing",
            "checkpoint.MySqlCheckpoints#holds",
            Meddling.True.class,
            "LeasesIT#whoWritesWhileAnotherTakesItsShardsIsFenced"),
    POSITION_BEFORE_ROWS(
            "the position is committed, and its rows after it",
            "sink.mysql.BatchPlan#all",
            Meddling.PositionFirst.class,
            "KillIT"),
    ROWS_BEFORE_POSITION(
            "the rows are committed, and their position after them",
            "sink.mysql.BatchPlan#all",
            Meddling.RowsFirst.class,
            "KillIT"),
    COPY_RESUMED_AS_OVER(
            "a copy is resumed without saying how far it had come (trap 1)",
            "source.vitess.PartReader#start",
            Meddling.NoLastpk.class,
            "TrapsIT#aCopyThatIsCutBeforeItsFirstSavablePositionBeginsAgain"),
    FIRST_POSITION_SAVED(
            "a copy is taken for over at its first position, which names no key (trap 1)",
            "source.vitess.PartReader#onBoundary",
            Meddling.CopyOver.class,
            "TrapsIT#aCopyThatIsCutBeforeItsFirstSavablePositionBeginsAgain"),
    KEYLESS_COPY_RESUMED(
            "a broken copy of a table without a key goes on in the middle",
            "source.vitess.VitessSource#resumable",
            Meddling.True.class,
            "TrapsIT#aBrokenCopyOfEqualRowsBeginsAgain"),
    CHANGES_FROM_THE_LAST_COPY(
            "the changes begin where the last copy ended: deletes from those before it are lost (trap 2)",
            "source.vitess.CopiedParts#first",
            Meddling.LastPart.class,
            "TrapsIT#rowsThatAreDeletedFromACopiedTableDuringTheCopyOfAnotherAreDeleted"),
    COPIED_CHANGES_REPEATED(
            "changes that a copy holds already are told again",
            "source.vitess.CopiedParts#holds",
            Meddling.False.class,
            "TrapsIT#rowsThatAreDeletedFromACopiedTableDuringTheCopyOfAnotherAreDeleted"),
    RULE_WITHOUT_FILTER(
            "a rule names a table and has no filter (trap 3)",
            "source.vitess.KeyRange#filter",
            Meddling.Empty.class,
            "TrapsIT#aTableThatIsNamedExactlyIsFollowedAfterItsCopy"),
    IMAGES_OF_OTHER_RANGES(
            "a part takes what it hears of rows that are in another part's range",
            "source.vitess.KeyRange#holds",
            Meddling.True.class,
            "TrapsIT#rowsThatMoveOutOfARangeWhileItsCopyIsBrokenOffAreNotOfThatRange"),
    JOURNAL_IGNORED(
            "a stream goes on behind the journal of a reshard (trap 5)",
            "source.vitess.ChangesReader#onEvent",
            Meddling.SkipJournal.class,
            "ReshardIT"),
    CURRENT_TAKEN(
            "the place where a stream without a snapshot begins is not saved (trap 8)",
            "checkpoint.MySqlCheckpoints#plan",
            Meddling.NoFirstPosition.class,
            "TrapsIT#aStreamWithoutASnapshotMissesNothingFromItsFirstStartOn"),
    FLOATS_COMPARED_AS_SENT(
            "a FLOAT is compared with what the binlog says of it (trap 11)",
            "sink.mysql.Match#of",
            Meddling.Plain.class,
            "TrapsIT#rowsWhoseKeysAreDecimalsOrFloatsAreFoundAgainAfterTheCopy"),
    FLOATS_COPIED_AS_SHOWN(
            "the digits of a copied FLOAT are those that MySQL shows (trap 11)",
            "source.vitess.ExactFloats#number",
            Meddling.SixDigits.class,
            "TrapsIT#aTableWithAFloatInItsKeyIsCopiedExactly"),
    CHUNKS_REPEATED(
            "the rows of a large transaction that are durable are told again",
            "source.vitess.ChangesReader#wasDurable",
            Meddling.False.class,
            "MemoryIT#aTransactionLargerThanTheHeapIsGoneOnWithAfterAPowerCutInTheMiddle"),
    BUFFER_UNBOUNDED(
            "streams ask for more whatever is buffered",
            "stream.BudgetShare#hasRoom",
            Meddling.True.class,
            "MemoryIT#theHeapStaysBoundedAndFlatWhileTheTargetStandsStill"),
    FINISHED_COPY_RESUMED(
            "a copy that is over is taken up again",
            "checkpoint.CheckpointClaim#isCopied",
            Meddling.False.class,
            "CopyAndFollowIT#tablesThatAreCopiedAreNotCopiedAgain"),
    COPY_RESUMED_OUT_OF_ORDER(
            "a broken copy goes on in the order of a key that Vitess does not read in that order",
            "source.vitess.TableShapes#isInOrder",
            Meddling.True.class,
            "KeysIT#aBrokenCopyGoesOnBehindItsLastRowWhateverItsKey"),
    SCHEMA_CHANGED_AT_ONCE(
            "what takes a column away is made when the first shard comes to it",
            "checkpoint.SchemaLog#come",
            Meddling.Complete.class,
            "SchemaIT#aColumnThatIsRenamedKeepsItsValues"),
    COLUMNS_OF_NOW(
            "rows of before a schema change get the names that the table's columns have now",
            "source.vitess.KnownColumns#isUnknown",
            Meddling.True.class,
            "SchemaIT#changesAroundPowerCutsAreMadeOnceAndInTheirPlaces"),
    PARTIAL_IMAGES_TAKEN_AS_WHOLE(
            "values that an image lacks are taken for NULL",
            "source.vitess.PartialImage#read",
            Meddling.ThirdArgument.class,
            "RowImagesIT");

    final String what;
    private final String method;
    final Class<?> advice;
    final List<String> tests;

    Defect(String what, String method, Class<?> advice, String... tests) {
        this.what = what;
        this.method = method;
        this.advice = advice;
        this.tests = List.of(tests);
    }

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Defect of(String id) {
        return Arrays.stream(values())
                .filter(defect -> defect.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown defect '" + id + "'; there are "
                        + Arrays.stream(values()).map(Defect::id).toList()));
    }

    String type() {
        return "dev.tributary." + method.substring(0, method.indexOf('#'));
    }

    String methodName() {
        return method.substring(method.indexOf('#') + 1);
    }
}
