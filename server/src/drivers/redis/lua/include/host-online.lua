-- Whether one of the hosts (ids with commas between) has a seat.
local function host_online(online, hosts)
  for user_id in string.gmatch(hosts, '[^,]+') do
    if redis.call('HEXISTS', online, user_id) == 1 then return true end
  end
  return false
end
