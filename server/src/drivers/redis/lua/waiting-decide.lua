#!lua flags=allow-oom
-- A host lets a user in, or not: notes it, takes the user off the list, tells them.
-- KEYS[1] room hash
-- KEYS[2] waiting hash
-- KEYS[3] admitted users by time
-- KEYS[4] lives with seats in the tag
-- KEYS[5] bans
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] shard channel of the door
-- ARGV[4] user id
-- ARGV[5] 1: let in, 0: not
-- ARGV[6] how many admitted users are remembered
-- ARGV[7] how the names of the keys with the seats of a life begin
-- ARGV[8] most spectators of any room
-- Returns 'decided', 'absent' or a code.
local room = { hash = KEYS[1], topic = ARGV[1], id = ARGV[2], door = ARGV[3] }
local waiting, admitted, lives = KEYS[2], KEYS[3], KEYS[4]
local user_id, verdict, most, life_prefix = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local bans, most_spectators = KEYS[5], tonumber(ARGV[8])
--@include room.lua
--@include waiting.lua
--@include places.lua

local row = load_room(room, 'capacity', 'players', 'spectators')
if not row then return 'absent' end
if room.isClosed then return 'room_closed' end
if verdict == '1' then
  if redis.call('SISMEMBER', bans, user_id) == 1 then return 'banned' end
  -- Who could not come in goes on waiting.
  local role = string.match(redis.call('HGET', waiting, user_id) or '', '^%a')
  if role and is_full(role, row[6], row[7], row[8], most_spectators) then return 'room_full' end
  redis.call('ZADD', admitted, room.at, user_id)
  redis.call('ZREMRANGEBYRANK', admitted, 0, -1 - most)
else
  redis.call('ZREM', admitted, user_id)
end
dismiss(room, waiting, lives, life_prefix, user_id, verdict)
return 'decided'
