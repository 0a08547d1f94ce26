// Package sqltext reads SQLite's SQL text: tokens, statements of a multi-statement text, the statements about
// materialized views, and SELECT with its expressions as a tree with exact source spans, which it can print back.
// It follows SQLite's own tokenizer (tokenize.c) and grammar (parse.y). It knows no schema and evaluates nothing.
package sqltext
