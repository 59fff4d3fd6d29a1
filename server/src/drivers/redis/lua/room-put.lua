#!lua
-- Writes a room while it is absent.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] expiry of the tag
-- KEYS[6] bans
-- KEYS[7] rooms of the tag whose hosts are away
-- KEYS[8] state
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] the archive's highest epoch, 0 for none
-- ARGV[4] 1: the room is new, its log begins with `created`
-- ARGV[5] life of a closed record in ms; empty: the room is open
-- ARGV[6] createdAt
-- ARGV[7] ttlMs
-- ARGV[8] maxUntil
-- ARGV[9] how many field/value pairs of the room hash follow
-- ARGV[10] how many bans there are
-- ARGV[11] version of the state that the archive has; empty: none
-- ARGV[12] this state
-- ARGV[13..] the field/value pairs, the bans (users and, behind an @, networks), then pairs of channel
-- and newest archived id
-- Returns 1, or 0 when the room is here.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local expiry, bans, hosts_away, state = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local floor, is_new, closed_ttl_ms = tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
local created_at, ttl_ms, max_until = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local state_version, state_value = tonumber(ARGV[11]) or 0, ARGV[12]
local first_ban = 13 + 2 * ARGV[9]
local first_position = first_ban + ARGV[10]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include log-entry.lua

if redis.call('EXISTS', room.hash) == 1 then return 0 end
local now = now_ms()
local active_at = is_new and created_at or now
-- Who was in a room that comes back gets the time to come back, too.
local away_since = is_new and created_at or now + RETURN_MS
redis.call('HSET', room.hash, unpack(ARGV, 13, first_ban - 1))
if state_value ~= '' then redis.call('SET', state, state_value) end
-- Above every one that somebody may have seen, where it can still go on.
if not is_new and closed_ttl_ms == '' then state_version = math.max(now, state_version + 1) end
if not is_new then
  -- Above every one that somebody may know of a room that comes back.
  local rev = redis.call('HGET', room.hash, 'rev') + REV_LEAP
  redis.call('HSET', room.hash, 'rev', text(math.max(rev, math.floor(now / 1000))), 'lifeAt', text(now))
end
redis.call('HSET', room.hash, 'replid', current_replid(),
  'epoch', text(math.max(now, floor + 1)), 'backlog', '0', 'activeAt', text(active_at),
  'players', '0', 'spectators', '0', 'memberCount', '0', 'joinSeq', '0', 'stateVersion', text(state_version),
  -- Above every version that somebody may remember of a room that comes back.
  'presenceVersion', is_new and '0' or text(now),
  'hostAwaySince', text(away_since))
for i = first_position, #ARGV, 2 do
  local channel, id = ARGV[i], ARGV[i + 1]
  local known = redis.call('HGET', room.archived, channel)
  if not known or is_above(id, known) then redis.call('HSET', room.archived, channel, id) end
  redis.call('HSET', room.hash, 'ch:' .. channel, id)
end
if closed_ttl_ms ~= '' then
  redis.call('PEXPIRE', room.hash, closed_ttl_ms)
  redis.call('PEXPIRE', room.archived, closed_ttl_ms)
  redis.call('PEXPIRE', state, closed_ttl_ms)
  return 1
end
for i = first_ban, first_position - 1 do redis.call('SADD', bans, ARGV[i]) end
redis.call('ZADD', expiry, text(math.min(max_until, active_at + ttl_ms)), room.id)
local grace_ms = redis.call('HGET', room.hash, 'hostGraceMs')
redis.call('ZADD', hosts_away, text(away_since + grace_ms), room.id)
if is_new then
  load_room(room)
  log_entry(room, 'created', '{}')
end
return 1
