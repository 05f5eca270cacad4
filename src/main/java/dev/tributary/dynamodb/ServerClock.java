package dev.tributary.dynamodb;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** The service's time, which records of changes bear, as its answers tell it. Safe for any thread. */
public final class ServerClock implements ExecutionInterceptor {
    /** It is told in whole seconds. */
    private static final long ROUNDING = 1000;

    private volatile long ahead;

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        context.httpResponse().firstMatchingHeader("Date").ifPresent(this::hear);
    }

    private void hear(String date) {
        try {
            long told = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
            long own = System.currentTimeMillis();
            // within the second that is told there is no difference
            ahead = told > own ? told - own : Math.min(0, told + ROUNDING - own);
        } catch (DateTimeParseException e) {
            // a proxy's; the own clock it is
        }
    }

    /** In milliseconds since 1970. */
    public long millis() {
        return System.currentTimeMillis() + ahead;
    }
}
