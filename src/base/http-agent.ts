/** The connections of this process to HTTP servers: kept for the next request, through the proxy that the user has. */
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/**
 * @param connections how many at once to one server
 *
 * The usual variables (`https_proxy`, `no_proxy`) name a proxy, `NIX_SSL_CERT_FILE` and `SSL_CERT_FILE` a file with
 * certificate authorities to trust instead of Node's.
 */
export function makeAgents(connections: number): Agents {
  const options = { keepAlive: true, maxSockets: connections, proxyEnv: process.env };
  const ca = ownCertificates();
  return {
    http: new http.Agent(options),
    https: new https.Agent(ca === undefined ? options : { ...options, ca }),
  };
}

export function closeAgents(agents: Agents): void {
  agents.http.destroy();
  agents.https.destroy();
}

function ownCertificates(): Buffer | undefined {
  const file = process.env['NIX_SSL_CERT_FILE'] ?? process.env['SSL_CERT_FILE'];
  if (file === undefined || file === '' || !fs.existsSync(file)) return undefined;
  return fs.readFileSync(file);
}
