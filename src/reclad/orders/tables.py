"""The tables of the order book, as SQLAlchemy maps them; the migrations make them."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

HEAD = "0001"  # revision of the tables below
STATES = ("waiting", "ready", "running", "done", "on hold")


class Moment(TypeDecorator[datetime.datetime]):
    """A point in time, kept as UTC since SQLite keeps no time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, _: Any
    ) -> datetime.datetime | None:
        return None if value is None else value.astimezone(datetime.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: datetime.datetime | None, _: Any
    ) -> datetime.datetime | None:
        return None if value is None else value.replace(tzinfo=datetime.UTC)


class Table(DeclarativeBase):
    """Root of all tables."""


class OrderRow(Table):
    """An order. powder_mass kg that its plan feeds; job: the folder or the drawing."""

    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("weight > 0", name="weight_is_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    customer: Mapped[str] = mapped_column(String(400))
    received: Mapped[datetime.datetime] = mapped_column(Moment)
    due: Mapped[datetime.date] = mapped_column(Date)
    weight: Mapped[float] = mapped_column(Float)
    rush: Mapped[bool]
    finish: Mapped[str] = mapped_column(String(20))
    job: Mapped[str] = mapped_column(String(4000))
    job_sha256: Mapped[str] = mapped_column(String(64))
    plan_sha256: Mapped[str] = mapped_column(String(64))
    powder: Mapped[str] = mapped_column(String(80))
    powder_mass: Mapped[float] = mapped_column(Float)
    operations: Mapped[list[OperationRow]] = relationship(
        back_populates="order",
        order_by="OperationRow.position",
        cascade="all, delete-orphan",
    )


class OperationRow(Table):
    """A step of an order. minutes expected, spread relative, rework a chance; least and most min
    between the end of the step before and its start; planned: as last scheduled."""

    __tablename__ = "operations"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint(
            "state IN ('waiting', 'ready', 'running', 'done', 'on hold')", name="state_is_known"
        ),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    process: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    cell: Mapped[str] = mapped_column(String(80))
    family: Mapped[str] = mapped_column(String(120))
    skill: Mapped[str] = mapped_column(String(120))
    share: Mapped[int]
    minutes: Mapped[int]
    spread: Mapped[float] = mapped_column(Float)
    rework: Mapped[float] = mapped_column(Float)
    least: Mapped[int]
    most: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    planned_start: Mapped[datetime.datetime | None] = mapped_column(Moment)
    planned_end: Mapped[datetime.datetime | None] = mapped_column(Moment)
    planned_machine: Mapped[str | None] = mapped_column(String(80))
    planned_person: Mapped[str | None] = mapped_column(String(80))
    started: Mapped[datetime.datetime | None] = mapped_column(Moment)
    ended: Mapped[datetime.datetime | None] = mapped_column(Moment)
    machine: Mapped[str | None] = mapped_column(String(80))
    person: Mapped[str | None] = mapped_column(String(80))
    order: Mapped[OrderRow] = relationship(back_populates="operations")
    holds: Mapped[list[HoldRow]] = relationship(
        back_populates="operation", order_by="HoldRow.id", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """What a person writes for it: order and place, e.g. "pipe-0412.3"."""
        return f"{self.order.number}.{self.position}"


class HoldRow(Table):
    """A hold point: why an operation must not start until it is released."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(400))
    since: Mapped[datetime.datetime] = mapped_column(Moment)
    released: Mapped[datetime.datetime | None] = mapped_column(Moment)
    operation: Mapped[OperationRow] = relationship(back_populates="holds")


class LotRow(Table):
    """A powder lot and what is left of it (kg)."""

    __tablename__ = "powder_lots"
    __table_args__ = (
        UniqueConstraint("powder", "lot"),
        CheckConstraint("mass_left >= 0", name="mass_left_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    powder: Mapped[str] = mapped_column(String(80))
    lot: Mapped[str] = mapped_column(String(80))
    mass_left: Mapped[float] = mapped_column(Float)
    received: Mapped[datetime.datetime] = mapped_column(Moment)
