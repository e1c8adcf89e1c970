// An HTTP server that is told to close never does: a clean-up that hangs.
import http from "node:http";

http.Server.prototype.close = () => {
  process.stderr.write("hangs\n");
};
