-- What a shadow log holds, counted: one line. Filled in by told.py.
WITH valid AS (
    SELECT *, assigned IS DISTINCT FROM {candidate} AS not_sent_to_candidate FROM pair WHERE reason IS NULL
)
SELECT
    (SELECT coalesce(sum(lines), 0)::BIGINT FROM pair),
    count(*),
    count(*) FILTER (c_rows > 0 AND k_rows = 0 AND not_sent_to_candidate),
    count(*) FILTER (k_rows > 0 AND c_rows = 0 AND not_sent_to_candidate),
    coalesce(sum(greatest(c_rows - 1, 0) + greatest(k_rows - 1, 0) + greatest(n_rows - 1, 0)), 0)::BIGINT,
    count(*) FILTER (c_ok AND (c_input IS NULL OR c_output IS NULL)),
    count(*) FILTER (k_ok AND (k_input IS NULL OR k_output IS NULL)),
    count(*) FILTER (mirrored AND c_started < k_started - {skewed}),
    median((c_started - k_started) / 1e6) FILTER (mirrored),
    coalesce(sum(fell_back), 0)::BIGINT,
    (SELECT count(*) FILTER (paired) FROM measured),
    (SELECT count(*) FILTER (paired AND (score IS NULL OR reference IS NULL)) FROM measured),
    (SELECT count(*) FILTER (failed IS NULL AND failed_control IS NULL) FROM measured)
FROM valid
