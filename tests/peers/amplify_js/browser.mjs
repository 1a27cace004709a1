// Bundled for a page, which calls these by name.
import { configure, life } from "./steps.mjs";

Object.assign(globalThis, { configure, life });
