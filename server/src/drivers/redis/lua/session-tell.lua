#!lua flags=allow-oom
-- Lists a session as ended, for every node to see, and says that it did.
-- KEYS[1] stream of ended sessions
-- ARGV[1] session id
-- ARGV[2] how many the list holds, at the least
-- ARGV[3] life of the list in ms
-- ARGV[4] shard channel that says so
-- Returns 1.
local ended, session_id, listed, list_ms = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local channel = ARGV[4]

redis.call('XADD', ended, 'MAXLEN', '~', listed, '*', 'id', session_id)
redis.call('PEXPIRE', ended, list_ms)
redis.call('SPUBLISH', channel, '')
return 1
