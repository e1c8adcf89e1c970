// Refuses every look-up of a name and every connection that leaves this machine, and says so on stderr.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

function refuse(what) {
  process.stderr.write(`left this machine: ${what}\n`);
  throw new Error(`left this machine: ${what}`);
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  // Node's own callers hand over the arguments as one list.
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const { path, host } = typeof first === "object" ? first : { host: args[1] };
  if (typeof path !== "string" && host !== "127.0.0.1") refuse(`connect ${host}`);
  return connect.apply(this, args);
};
const { lookup } = dns;
dns.lookup = (name, ...rest) =>
  // An address is its own answer; nobody is asked.
  net.isIP(name) === 0 ? refuse(`lookup ${name}`) : lookup(name, ...rest);
dns.promises.lookup = async (name) => refuse(`lookup ${name}`);
syncBuiltinESMExports();
