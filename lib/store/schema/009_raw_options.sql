-- The raw options of a power device were options between commas; now each is a line that its agent gets
-- as it is. A comma in a value was written '\,', and a name alone was sent as NAME=1.

WITH RECURSIVE walk (id, rest, piece, done) AS (
	SELECT id, replace(replace(raw_option, '
', ','), '	', ' ') || ' ,', substr(raw_option, 1, 0), substr(raw_option, 1, 0)
	FROM agents WHERE raw_option IS NOT NULL
	UNION ALL
	SELECT id,
		CASE WHEN substr(rest, 1, 2) = '\,' THEN substr(rest, 3) ELSE substr(rest, 2) END,
		CASE WHEN substr(rest, 1, 2) = '\,' THEN piece || ','
			WHEN substr(rest, 1, 1) = ',' THEN substr(rest, 1, 0)
			ELSE piece || substr(rest, 1, 1) END,
		CASE WHEN substr(rest, 1, 1) <> ',' OR trim(piece) = '' THEN done
			ELSE done || CASE WHEN done = '' THEN '' ELSE '
' END || trim(piece) || CASE WHEN replace(piece, '=', '') = piece THEN '=1' ELSE '' END END
	FROM walk WHERE rest <> ''
)
UPDATE agents SET raw_option = (
	SELECT nullif(done, '') FROM walk WHERE walk.id = agents.id AND rest = ''
) WHERE raw_option IS NOT NULL;
