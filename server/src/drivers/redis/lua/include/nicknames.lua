-- Whether a host who is a member, present or away, has one of these looks.
local function looks_like_host(hosts, members, nicks, looks)
  for host in string.gmatch(hosts, '[^,]+') do
    local kept = redis.call('HGET', members, host)
    local member = kept and parse_member(kept)
    -- Who has left keeps an upper-case role, and no name.
    local theirs = member and member.role == 'h' and redis.call('HGET', nicks, member.folded) or ''
    for look in string.gmatch(looks, '[^\31]+') do
      if string.find('\31' .. theirs .. '\31', '\31' .. look .. '\31', 1, true) then return true end
    end
  end
  return false
end
