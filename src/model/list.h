// Lists whose links stand in the elements: an element is taken out without looking for it, and
// being in a list costs no memory of its own.
#pragma once

#include <cstddef>
#include <iterator>

namespace pinfold::model {

template <class T>
struct Link {
  T* before = nullptr;
  T* after = nullptr;
};

/// A list by the link `link`. An element is in one list of each link at most.
template <class T, Link<T> T::* link>
class List {
 public:
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(T* at) : at_(at) {}
    T& operator*() const { return *at_; }
    T* operator->() const { return at_; }
    Iterator& operator++() {
      at_ = (at_->*link).after;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    T* at_ = nullptr;
  };

  List() = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T* front() const { return first_; }
  [[nodiscard]] T* back() const { return last_; }
  [[nodiscard]] Iterator begin() const { return Iterator(first_); }
  [[nodiscard]] Iterator end() const { return Iterator(); }

  void push_back(T& element) {
    Link<T>& own = element.*link;
    own.before = last_;
    own.after = nullptr;
    (last_ ? (last_->*link).after : first_) = &element;
    last_ = &element;
    ++size_;
  }

  void push_front(T& element) {
    Link<T>& own = element.*link;
    own.before = nullptr;
    own.after = first_;
    (first_ ? (first_->*link).before : last_) = &element;
    first_ = &element;
    ++size_;
  }

  void remove(T& element) {
    Link<T>& own = element.*link;
    (own.before ? (own.before->*link).after : first_) = own.after;
    (own.after ? (own.after->*link).before : last_) = own.before;
    own = {};
    --size_;
  }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace pinfold::model
