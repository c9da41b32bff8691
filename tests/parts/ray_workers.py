"""Numbers are worked on by actors of Ray."""

from pyg_siamex.recipe.pair_table.ray_workers import RayWorkers


def squared(number):
    return number**2


assert sorted(RayWorkers(2).run(squared, range(5))) == [0, 1, 4, 9, 16]
