package dbsp

import "strings"

// arena keeps texts for as long as it is referenced itself, in chunks that never move, so that millions of small texts
// cost the garbage collector no more than their chunks do.
type arena struct {
	// texts holds what was written to each chunk so far; chunk is the last one.
	texts []string
	chunk strings.Builder
	size  int64
}

// reset forgets all texts. Those that were handed out stay as they are.
func (a *arena) reset() {
	clear(a.texts)
	a.texts = a.texts[:0]
	a.chunk = strings.Builder{}
	a.size = 0
}

// place is where bytes begin in an arena or a slab: the chunk's index in the upper half, the offset in the lower.
type place uint64

// Chunks grow with what there is, from chunkFirst bytes to chunkLargest.
const (
	chunkFirst   = 1 << 6
	chunkLargest = 1 << 20
)

// chunkSize returns the size of the next chunk after size bytes of chunks, if it is to hold n bytes.
func chunkSize(size int64, n int) int { return max(n, int(min(max(size, chunkFirst), chunkLargest))) }

// put stores s and t, one after the other.
func (a *arena) put(s, t string) place {
	n := len(s) + len(t)
	if len(a.texts) == 0 || a.chunk.Cap()-a.chunk.Len() < n {
		a.chunk = strings.Builder{}
		a.chunk.Grow(chunkSize(a.size, n))
		a.size += int64(a.chunk.Cap())
		a.texts = append(a.texts, "")
	}
	last := len(a.texts) - 1
	p := place(last)<<32 | place(a.chunk.Len())
	a.chunk.WriteString(s)
	a.chunk.WriteString(t)
	a.texts[last] = a.chunk.String()
	return p
}

// text returns the bytes from p to the end of what its chunk holds.
func (a *arena) text(p place) string { return a.texts[p>>32][uint32(p):] }

// slab is an arena of bytes that may be overwritten.
type slab struct {
	chunks [][]byte
	size   int64
}

// reset forgets all bytes. Those that were handed out will be overwritten.
func (s *slab) reset() {
	if len(s.chunks) > 0 {
		clear(s.chunks[1:])
		s.chunks = s.chunks[:1]
		s.chunks[0] = s.chunks[0][:0]
		s.size = int64(cap(s.chunks[0]))
	}
}

// room makes room for n bytes.
func (s *slab) room(n int) place {
	last := len(s.chunks) - 1
	if last < 0 || cap(s.chunks[last])-len(s.chunks[last]) < n {
		s.chunks = append(s.chunks, make([]byte, 0, chunkSize(s.size, n)))
		last++
		s.size += int64(cap(s.chunks[last]))
	}
	chunk := s.chunks[last]
	s.chunks[last] = chunk[:len(chunk)+n]
	return place(last)<<32 | place(len(chunk))
}

// bytes returns the n bytes at p.
func (s *slab) bytes(p place, n uint32) []byte {
	from := uint32(p)
	return s.chunks[p>>32][from : from+n : from+n]
}
