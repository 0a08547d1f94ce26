package dbsp

import "encoding/binary"

// Consolidate returns b with the weights of identical rows of the same key summed and zeros left out, in the order of
// first appearance. b is not changed, but may be what is returned. What goes before it comes (see Batch) still does.
func Consolidate(b Batch) Batch {
	if len(b) == 0 || len(b) == 1 && b[0].Weight != 0 {
		return b
	}
	out := make(Batch, 0, len(b))
	at := make(map[string]int, len(b))
	var id []byte
	for _, d := range b {
		id = binary.AppendUvarint(id[:0], uint64(len(d.Key)))
		id = AppendRow(append(id, d.Key...), d.Row)
		if i, ok := at[string(id)]; ok {
			out[i].Weight += d.Weight
			continue
		}
		at[string(id)] = len(out)
		out = append(out, d)
	}
	kept := out[:0]
	for _, d := range out {
		if d.Weight != 0 {
			kept = append(kept, d)
		}
	}
	return kept
}
