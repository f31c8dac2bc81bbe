-- The rows of a shadow log as pairs of answers, a line a request. Filled in by pairs.py; one reading of the files.
CREATE TEMP TABLE pair AS
WITH line AS (
    SELECT *,
        epoch_us(ended) - epoch_us(started) AS took,
        epoch_us(first_token) - epoch_us(started) AS waited,
        CASE WHEN role = 'answered' AND arm <> assigned THEN 'fallback' ELSE arm END AS part
    FROM {source}
),
judged AS (
    SELECT *,
        CASE
            WHEN schema IS NULL AND pair IS NULL AND trace IS NULL AND arm IS NULL THEN 'no row of a shadow log'
            WHEN schema IS DISTINCT FROM 1 THEN 'another schema than 1'
            WHEN pair IS NULL OR trace IS NULL OR arm IS NULL OR assigned IS NULL OR workload IS NULL OR role IS NULL
                THEN 'pair, trace, arm, assigned, role or workload missing'
            WHEN role NOT IN ('answered', 'mirrored', 'replayed') THEN 'a role that is not known'
            WHEN started IS NULL OR ended IS NULL THEN 'a time missing or unreadable'
            WHEN started < TIMESTAMPTZ '2020-01-01 00:00:00+00' OR ended >= TIMESTAMPTZ '2100-01-01 00:00:00+00'
                THEN 'a time that no request has: before 2020, or after 2099'
            WHEN took < 0 THEN 'ended before it started'
            WHEN coalesce(word_overlap, 0) NOT BETWEEN 0 AND 1 OR coalesce(fields_agreeing, 0) NOT BETWEEN 0 AND 1
                THEN 'a score outside 0 to 1'
            WHEN least(prompt_tokens, completion_tokens, cached_tokens, cost) < 0 THEN 'tokens or a cost below zero'
            WHEN greatest(prompt_tokens, completion_tokens, cached_tokens, cost) > 1e12
                THEN 'tokens or a cost that no request has: over 1e12, or no number'
        END AS reason
    FROM line
)
SELECT
    CASE WHEN reason IS NULL THEN pair END AS pair,
    reason,
    count(*) AS lines,
    min(workload) AS workload,
    coalesce(min(stratum), '') AS stratum,
    min({cluster}) AS cluster,
    max(epoch_us(ended)) AS done,
    min(assigned) FILTER (role = 'answered') AS assigned,
    count(*) FILTER (part = 'fallback') AS fell_back,
    bool_or(role = 'mirrored') AS mirrored,
    {arms}
FROM judged
GROUP BY ALL;
-- next
CREATE TEMP VIEW measured AS
WITH known AS (
    SELECT *,
        c_rows > 0 OR coalesce(assigned = {candidate}, false) AS c_took,
        k_rows > 0 AS k_took,
        c_ok AND NOT coalesce(c_empty, false) AND NOT coalesce(c_refusal, false)
            AND (NOT coalesce(c_json_asked, false) OR coalesce(c_json_valid, true)) AS c_accepted,
        k_ok AND NOT coalesce(k_empty, false) AND NOT coalesce(k_refusal, false)
            AND (NOT coalesce(k_json_asked, false) OR coalesce(k_json_valid, true)) AS k_accepted,
        n_ok AND NOT coalesce(n_empty, false) AND NOT coalesce(n_refusal, false)
            AND (NOT coalesce(n_json_asked, false) OR coalesce(n_json_valid, true)) AS n_accepted,
        coalesce(c_gone AND c_rows > 0, false) OR coalesce(k_gone AND k_rows > 0, false)
            OR coalesce(c_refused AND k_refused AND c_rows > 0 AND k_rows > 0, false) AS nobodys
    FROM pair
    WHERE reason IS NULL
)
SELECT
    pair, workload, stratum, done, lines,
    coalesce(cluster, pair) AS cluster,
    coalesce(k_started, c_started, done) // 86400000000 AS day,
    c_took AND k_took AND NOT nobodys AS paired,
    {score} AS score,
    {reference} AS reference,
    {noise} AS noise,
    CASE WHEN c_took AND NOT nobodys THEN (NOT coalesce(c_ok, false))::DOUBLE END AS failed,
    CASE WHEN k_took AND NOT nobodys THEN (NOT coalesce(k_ok, false))::DOUBLE END AS failed_control,
    CASE WHEN c_ok AND c_json_asked THEN (NOT coalesce(c_json_valid, false))::DOUBLE END AS invalid,
    CASE WHEN k_ok AND k_json_asked THEN (NOT coalesce(k_json_valid, false))::DOUBLE END AS invalid_control,
    CASE WHEN c_took AND NOT nobodys THEN coalesce(c_accepted, false)::DOUBLE END AS accepted,
    CASE WHEN k_took AND NOT nobodys THEN coalesce(k_accepted, false)::DOUBLE END AS accepted_control,
    c_took_us / 1e6 AS seconds,
    k_took_us / 1e6 AS seconds_control,
    c_waited_us / 1e6 AS first_token,
    k_waited_us / 1e6 AS first_token_control,
    CASE WHEN c_output > 1 THEN (c_took_us - c_waited_us) / 1e6 / (c_output - 1) END AS per_token,
    CASE WHEN k_output > 1 THEN (k_took_us - k_waited_us) / 1e6 / (k_output - 1) END AS per_token_control,
    c_input AS input, k_input AS input_control,
    c_output AS output, k_output AS output_control,
    c_cost AS cost, k_cost AS cost_control
FROM known
