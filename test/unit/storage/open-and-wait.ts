/** Child process of home-lock.spec.ts: opens the home given, writes one vote, says so, and stays until it is killed. */
import { openPlatformStore } from '../../../src/storage/platform-store.js';
import { CHAIN, commit, hashOf, voteRecord } from './chain-fixture.js';

const store = await openPlatformStore(process.argv[2] ?? '', CHAIN);
await store.consensus.commit([voteRecord(commit(1, hashOf('child')))]);
process.stdout.write('durable\n');
process.stdin.resume();
