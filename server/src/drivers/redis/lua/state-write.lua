#!lua
-- Writes a room's state if nobody else has since it was read: checks, value, version, mark for the
-- archive and announcement in one step.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] state
-- KEYS[4] unsaved states of the tag
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] who patches: a user id; empty: the application, which acts as a host
-- ARGV[4] the version that the patch was merged into
-- ARGV[5] the value, JSON
-- ARGV[6] the patch, JSON
-- Returns {'written', version}, {'stale', version, value}, {'absent'} or {code}.
local room = { hash = KEYS[1], topic = ARGV[1], id = ARGV[2] }
local members, state, unsaved = KEYS[2], KEYS[3], KEYS[4]
local sender, base, value, patch = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
--@include room.lua
--@include send-checks.lua

local row = load_room(room, 'hosts')
if not row then return { 'absent' } end
if room.isClosed then return { 'room_closed' } end
if sender ~= '' then
  local member = redis.call('HGET', members, sender)
  if is_member(member) then
    if string.sub(member, 1, 1) ~= 'h' then return { 'forbidden' } end
  elseif not is_listed(row[6], sender) then
    return { 'not_in_room' }
  end
end
local version = redis.call('HGET', room.hash, 'stateVersion')
if version ~= base then return { 'stale', version, redis.call('GET', state) or '{}' } end

version = text(redis.call('HINCRBY', room.hash, 'stateVersion', 1))
redis.call('HSET', room.hash, 'activeAt', room.at)
redis.call('SET', state, value)
redis.call('ZADD', unsaved, 'NX', room.at, room.id)
publish(room, 't ' .. room.rev .. ' ' .. version, '42["room:state",{"roomId":"' .. room.id ..
  '","version":' .. version .. ',"patch":' .. patch .. '}]')
return { 'written', version }
