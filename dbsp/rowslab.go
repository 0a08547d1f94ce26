package dbsp

// rowSlab cuts rows from shared blocks: an operator's output rows live as long as its batch, so one allocation for
// hundreds of them is enough.
type rowSlab struct {
	free []Value
	next int
}

// maxSlab bounds a block, in values, so that one row that outlives its batch does not hold much more than itself.
const maxSlab = 2048

// newRowSlab returns a slab whose first block has room for values values, within bounds.
func newRowSlab(values int) *rowSlab {
	return &rowSlab{next: min(max(values, 8), maxSlab)}
}

// take returns a row of n NULLs, which is not nil even when n is 0.
func (s *rowSlab) take(n int) Row {
	if n == 0 {
		return Row{}
	}
	if n > len(s.free) {
		s.free = make([]Value, max(n, s.next))
		s.next = min(2*s.next, maxSlab)
	}
	r := s.free[:n:n]
	s.free = s.free[n:]
	return r
}
